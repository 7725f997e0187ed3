import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import type { SavedAddress } from "../../../../domain/order/addressBook";
import type { Address } from "../../../../domain/order/items";
import { callSignedIn } from "../../api";
import { CUSTOMER_QUERIES } from "../../customerData";
import { locale, text } from "../../texts/texts";
import { formatAddress } from "./addressFormat";

export const ADDRESSES_KEY = [CUSTOMER_QUERIES, "addresses"];

const PATH = "/api/orders/addresses";

export const fetchAddresses = async () => (await callSignedIn<{ addresses: SavedAddress[] }>(PATH)).addresses;

export const saveAddress = (address: Address) => callSignedIn(PATH, { method: "POST", body: JSON.stringify(address) });

export const removeAddress = async (addressId: string) => {
  const path = `${PATH}/${encodeURIComponent(addressId)}`;
  return (await callSignedIn<{ addresses: SavedAddress[] }>(path, { method: "DELETE" })).addresses;
};

/** Saved addresses of the customer. A checkout works without them. */
export function useSavedAddresses(): SavedAddress[] {
  const found = useQuery({ queryKey: ADDRESSES_KEY, queryFn: fetchAddresses, retry: false });
  return found.data ?? [];
}

interface SavedAddressesProps {
  saved: readonly SavedAddress[];
  onChoose(address: Address): void;
}

/** Choice of an address that fills the fields below it. */
export function SavedAddresses({ saved, onChoose }: SavedAddressesProps) {
  const id = useId();
  if (saved.length === 0) return null;
  return (
    <div className="field">
      <label htmlFor={id}>{text.checkout.savedAddress}</label>
      <select
        id={id}
        name="savedAddress"
        defaultValue=""
        onChange={({ target }) => {
          const chosen = saved.find(({ addressId }) => addressId === target.value);
          if (chosen) onChoose(chosen.address);
        }}
      >
        <option value="">{text.checkout.chooseAddress}</option>
        {saved.map(({ addressId, address }) => (
          <option key={addressId} value={addressId}>
            {formatAddress(address, locale()).join(", ")}
          </option>
        ))}
      </select>
    </div>
  );
}
