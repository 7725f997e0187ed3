import { useQuery, useQueryClient } from "@tanstack/react-query";
import { formatAddress } from "../checkout/address/addressFormat";
import { ADDRESSES_KEY, fetchAddresses, removeAddress } from "../checkout/address/savedAddresses";
import { ErrorNotice, Loading, Notice } from "../parts/notice";
import { useAction } from "../parts/useAction";
import { describeError } from "../publicApi";
import { locale, text } from "../texts/texts";

/** The customer's saved addresses, each with a button that removes it. */
export function Addresses() {
  const client = useQueryClient();
  const found = useQuery({ queryKey: ADDRESSES_KEY, queryFn: fetchAddresses });
  const { isBusy, error, run } = useAction(describeError);
  return (
    <section className="panel" aria-busy={isBusy}>
      <h2>{text.account.addresses}</h2>
      {found.isPending && <Loading what={text.states.loading} />}
      <ErrorNotice error={found.error} retry={() => found.refetch()} />
      {found.data?.length === 0 && <p className="quiet">{text.account.noAddresses}</p>}
      <ul className="addresses">
        {found.data?.map(({ addressId, address }) => {
          const shown = formatAddress(address, locale()).join(", ");
          return (
            <li key={addressId}>
              <span>{shown}</span>
              <button
                type="button"
                className="button-quiet"
                aria-label={text.account.removeNamedAddress(shown)}
                disabled={isBusy}
                onClick={() => run(async () => void client.setQueryData(ADDRESSES_KEY, await removeAddress(addressId)))}
              >
                {text.account.removeAddress}
              </button>
            </li>
          );
        })}
      </ul>
      {error && <Notice kind="error">{error}</Notice>}
    </section>
  );
}
