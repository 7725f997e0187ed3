import { hashRequest } from "./identity";
import { type Address, ORDER_SCHEMA } from "./items";

/** An address that a customer saved or removed. */
interface AddressEntry {
  addressId: string;
  /** ISO 8601 UTC. */
  at: string;
  /** Absent: removed. */
  address?: Address;
}

/** Addresses that a customer saved or removed in one Region. Only that Region writes the item. */
export interface AddressBookItem {
  kind: "addresses";
  schema: number;
  /** `addresses#CUSTOMER`. */
  orderId: string;
  region: string;
  /** Grows by one with each write. */
  version: number;
  entries: AddressEntry[];
}

export interface SavedAddress {
  addressId: string;
  address: Address;
}

/** Most addresses that a customer sees. */
export const MAX_ADDRESSES = 10;
/** Most entries of an item, removed addresses included: some 20 KB. */
const MAX_ENTRIES = 40;

/** Pattern of an address's id, a hash of the address. */
export const ADDRESS_ID_PATTERN = "^[A-Za-z0-9_-]{43}$";

export const addressBookKey = (customerId: string): string => `addresses#${customerId}`;

/** Returns the customer's addresses, the one saved last first. An address that one Region saved may be removed in another. */
export function savedAddresses(items: readonly AddressBookItem[]): SavedAddress[] {
  return latestEntries(items)
    .flatMap(({ addressId, address }) => (address ? [{ addressId, address }] : []))
    .slice(0, MAX_ADDRESSES);
}

/**
 * Returns the own Region's item with an address saved or removed. `undefined` if nothing changes.
 *
 * @param items all Regions' items of the customer, as this Region knows them.
 */
export function changeAddresses(
  items: readonly AddressBookItem[],
  change: { save: Address } | { remove: string },
  { customerId, region, now }: { customerId: string; region: string; now: string },
): AddressBookItem | undefined {
  const all = latestEntries(items);
  const addressId = "save" in change ? hashRequest(change.save) : change.remove;
  const known = all.find((entry) => entry.addressId === addressId);
  if ("save" in change ? known?.address && known === all[0] : !known?.address) return undefined;
  // Another Region's clock may be ahead: a change that follows its entry must be newer.
  const at = known && known.at >= now ? new Date(Date.parse(known.at) + 1).toISOString() : now;
  const entry = "save" in change ? { addressId, at, address: change.save } : { addressId, at };
  const own = items.find((item) => item.region === region);
  const others = (own?.entries ?? []).filter((other) => other.addressId !== addressId);
  return {
    kind: "addresses",
    schema: ORDER_SCHEMA,
    orderId: addressBookKey(customerId),
    region,
    version: (own?.version ?? 0) + 1,
    entries: [entry, ...others].slice(0, MAX_ENTRIES),
  };
}

/** The latest entry of each address, newest first. Of two of the same moment the removal counts. */
function latestEntries(items: readonly AddressBookItem[]): AddressEntry[] {
  const latest = new Map<string, AddressEntry>();
  const sorted = items
    .flatMap(({ entries }) => entries)
    .sort((a, b) => b.at.localeCompare(a.at) || Number(a.address !== undefined) - Number(b.address !== undefined));
  for (const entry of sorted) if (!latest.has(entry.addressId)) latest.set(entry.addressId, entry);
  return [...latest.values()];
}
