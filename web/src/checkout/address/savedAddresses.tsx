import { useQuery } from "@tanstack/react-query";
import type { SavedAddress } from "../../../../domain/order/addressBook";
import type { Address } from "../../../../domain/order/items";
import { callSignedIn } from "../../api";
import { CUSTOMER_QUERIES } from "../../customerData";
import { Select } from "../../parts/select";
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
  if (saved.length === 0) return null;
  return (
    <Select
      label={text.checkout.savedAddress}
      name="savedAddress"
      defaultValue=""
      options={[
        ["", text.checkout.chooseAddress],
        ...saved.map(({ addressId, address }) => [addressId, formatAddress(address, locale()).join(", ")] as const),
      ]}
      onChange={(chosenId) => {
        const chosen = saved.find(({ addressId }) => addressId === chosenId);
        if (chosen) onChoose(chosen.address);
      }}
    />
  );
}
