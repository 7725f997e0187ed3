/** The release that wrote an item; a later release reads earlier ones. */
export const CUSTOMER_SCHEMA = 1;

/**
 * Maps a person to a customer. Only the Region where the person signed up writes it. It does not contain the address:
 * `person` is a keyed hash, which requires permission to use the key.
 */
export interface CustomerItem {
  person: string;
  /** The Region that wrote it. */
  region: string;
  schema: number;
  /** Id under which the person orders, in every Region. */
  customerId: string;
  /** The account in the Region's own user pool. */
  sub: string;
  /** The user pool that has the account; absent in items that name no pool, whose account no other Region can check. */
  pool?: string;
  /** True if that account has a second factor: then no Region signs the person in without it. Absent: no. */
  secondFactor?: boolean;
  /** ISO 8601 UTC. */
  at: string;
  /** Tombstone: time at which the account changed to another address. ISO 8601 UTC. */
  endedAt?: string;
  /** Tombstone for accounts of other Regions: subjects that no longer existed, or had left this address, when the writer asked their pool. */
  gone?: string[];
}

/** The address that an account had at its latest token, to detect a change of the address. */
export interface AccountItem {
  /** `accountKey(sub)`: in the directory's table, beside the persons. */
  person: string;
  region: string;
  schema: number;
  /** Keyed hash of the address: `CustomerItem.person`. */
  address: string;
  /** The customer, where this account's item decides it; the account keeps it when its address changes. */
  customerId?: string;
  /** The customer in the account's latest token, whichever Region's item decides it: an erasure deletes the account too. */
  usedBy?: string;
}

/** Indexes of the directory's table, with keys only: by them an erasure finds a customer whose address the operator may not know. */
export const DIRECTORY_INDEXES = [
  { name: "byCustomer", hashKey: "customerId", rangeKey: "region" },
  { name: "byUser", hashKey: "usedBy", rangeKey: "region" },
] as const;

/** Keyed hashes contain no `#`, so an account's key is never a person's. */
export const accountKey = (sub: string): string => `account#${sub}`;

/** Part of a pool's error message when it refuses a token; the page recognizes it. */
export const SECOND_FACTOR_ELSEWHERE = "An authenticator app protects this account in another Region";

/** The account has not proved the second factor that another Region holds. */
export class SecondFactorElsewhereError extends Error {
  override readonly name = "SecondFactorElsewhereError";

  constructor(readonly region: string) {
    super(`${SECOND_FACTOR_ELSEWHERE} (${region}). Sign in there with your password and the app`);
  }
}

/** An account of a Region's user pool for which a token is issued. */
export interface Account {
  region: string;
  sub: string;
  /** True if the account's address is confirmed: only then it identifies the person. */
  verified: boolean;
  /** True if the account has a second factor; absent if unknown, and nothing changes. */
  secondFactor?: boolean;
  /** The user pool. */
  pool?: string;
  /** The customer that the account was under its earlier address; it stays that customer under the new one. */
  customerId?: string;
}

/** The customer of an account, and the change to the directory. */
export interface Identity {
  customerId: string;
  /** The item to write; absent where the directory has it already. */
  put?: Omit<CustomerItem, "person" | "schema">;
  /** The account that the own item names before: the same, or one that no longer has the address. */
  replaces?: string;
  /** The Region whose second factor the account lacks: it gets no token. */
  secondFactorIn?: string;
}

/**
 * Characters that normalization makes ASCII ones: Kelvin's K, the Greek question mark, an accent. They stay as they are, because
 * an address with one is another mailbox, whose owner must not become the customer of the plain address.
 */
const NEARLY_ASCII = /[\u212A\u037E\u1FEF]/;

/** Normalizes an address, so that its spelling does not matter. */
export function addressKey(email: string): string {
  const parts = email.trim().split(new RegExp(`(${NEARLY_ASCII.source})`));
  return parts.map((part) => (NEARLY_ASCII.test(part) ? part : part.normalize("NFC").toLowerCase())).join("");
}

/** Returns the items whose accounts still have the address: those without a tombstone. */
export function liveAmong<Item extends CustomerItem>(items: readonly Item[]): Item[] {
  const gone = new Set(items.flatMap((item) => item.gone ?? []));
  return items.filter(({ endedAt, sub }) => endedAt === undefined && !gone.has(sub));
}

/**
 * Returns the item that identifies a person: the earliest sign-up, then the Region's name. Two live items exist only if a
 * person signed up in both Regions before replication; every Region picks the same.
 */
export function customerAmong<Item extends Pick<CustomerItem, "at" | "region">>(
  items: readonly Item[],
): Item | undefined {
  return [...items].sort((a, b) => compare(a.at, b.at) || compare(a.region, b.region))[0];
}

/**
 * Decides the customer of an account. A person who signs up, or signs in with a mailed code, in a second Region stays the
 * customer that the first one knows, unless the first one holds a second factor: this Region's pool can't check it.
 * An unconfirmed address proves nothing: the account's subject is then the customer.
 *
 * @param gone subjects of other Regions' accounts that no longer have the address.
 *
 * @example
 * const { customerId, put } = decideIdentity(await directory.items(person), account, now);
 */
export function decideIdentity(
  items: readonly CustomerItem[],
  account: Account,
  now: string,
  gone: readonly string[] = [],
): Identity {
  const { region, sub, pool, customerId: earlier } = account;
  if (!account.verified) return { customerId: sub };
  const stored = items.find((item) => item.region === region);
  const own = stored?.sub === sub && stored.endedAt === undefined ? stored : undefined;
  // The Region's pool was lost and created again: its accounts are new, its customers are not.
  const lost = pool && stored?.pool && stored.pool !== pool && stored.endedAt === undefined ? stored : undefined;
  if (lost?.secondFactor) return { customerId: lost.customerId, secondFactorIn: region };
  const others = liveAmong(items).filter((item) => item.region !== region && !gone.includes(item.sub));
  const secondFactor = account.secondFactor ?? own?.secondFactor ?? false;
  const elsewhere = customerAmong(others);

  // A factor set up in this Region after the other Region's proves nothing about that one.
  const held = others.find((item) => item.secondFactor);
  const isProved = own?.secondFactor === true && secondFactor;
  const refused = held && !isProved ? { secondFactorIn: held.region } : {};

  const put: Required<Identity>["put"] = {
    region,
    customerId:
      (own ?? lost)?.customerId ?? earlier ?? (stored || gone.length > 0 ? sub : (elsewhere?.customerId ?? sub)),
    sub,
    at: (own ?? lost)?.at ?? now,
    ...(pool !== undefined && { pool }),
    ...((secondFactor || own?.secondFactor !== undefined) && { secondFactor }),
    ...((stored?.gone || gone.length > 0) && { gone: [...new Set([...(stored?.gone ?? []), ...gone])] }),
  };
  const { customerId } = customerAmong([put, ...others])!;
  const replaces = stored && { replaces: stored.sub };
  if (own) {
    const isNew = put.pool !== own.pool && pool !== undefined;
    const isSame =
      !isNew && secondFactor === (own.secondFactor ?? false) && gone.every((each) => own.gone?.includes(each));
    return isSame ? { customerId, ...refused } : { customerId, put, ...replaces, ...refused };
  }
  // Another Region knows the person: only a second factor is stored, and not if the account was refused for one.
  if (elsewhere && !stored && earlier === undefined && gone.length === 0) {
    const guest = { customerId: elsewhere.customerId, ...refused };
    return secondFactor && !held ? { ...guest, put } : guest;
  }
  return { customerId, put, ...replaces, ...refused };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
