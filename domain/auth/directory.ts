/** The release that wrote an item; a later release reads earlier ones. */
export const CUSTOMER_SCHEMA = 1;

/**
 * "This person is that customer", written by the Region where the person signed up and by no other. The person's address
 * is not in it: `person` is a keyed hash, which only those who may use the key can make of an address.
 */
export interface CustomerItem {
  person: string;
  /** The Region that wrote it. */
  region: string;
  schema: number;
  /** Under which the person orders, in every Region. */
  customerId: string;
  /** The account in the Region's own user pool. */
  sub: string;
  /** The user pool that has the account; absent in items that name no pool, whose account no other Region can check. */
  pool?: string;
  /** Whether that account has a second factor: then no Region signs the person in without it. Absent: no. */
  secondFactor?: boolean;
  /** ISO 8601 UTC. */
  at: string;
  /** Tombstone: when the account left this address for another one. ISO 8601 UTC. */
  endedAt?: string;
  /** Tombstone for accounts of other Regions: subjects that no longer existed, or had left this address, when the writer asked their pool. */
  gone?: string[];
}

/** The address that an account had at its latest token, by which a change of the address is noticed. */
export interface AccountItem {
  /** `accountKey(sub)`: in the directory's table, beside the persons. */
  person: string;
  region: string;
  schema: number;
  /** Keyed hash of the address: `CustomerItem.person`. */
  address: string;
  /** The customer, where this account's item decides it; the account keeps it when its address changes. */
  customerId?: string;
}

/** Keyed hashes contain no `#`, so an account's key is never a person's. */
export const accountKey = (sub: string): string => `account#${sub}`;

/** Part of the sentence with which a pool refuses a token; the page recognizes it. */
export const SECOND_FACTOR_ELSEWHERE = "An authenticator app protects this account in another Region";

/** The account has not proved the second factor that another Region holds. */
export class SecondFactorElsewhereError extends Error {
  override readonly name = "SecondFactorElsewhereError";

  constructor(readonly region: string) {
    super(`${SECOND_FACTOR_ELSEWHERE} (${region}). Sign in there with your password and the app`);
  }
}

/** An account of a Region's user pool for which a token is being made. */
export interface Account {
  region: string;
  sub: string;
  /** Whether the account's address was confirmed: only then it says who the person is. */
  verified: boolean;
  /** Whether the account has a second factor; absent where that is not known now, and nothing changes. */
  secondFactor?: boolean;
  /** The user pool. */
  pool?: string;
  /** The customer that the account was under its earlier address; it stays that customer under the new one. */
  customerId?: string;
}

/** Which customer an account is, and what the directory must be told. */
export interface Identity {
  customerId: string;
  /** The item to write; absent where the directory has it already. */
  put?: Omit<CustomerItem, "person" | "schema">;
  /** The account that the own item names before: the same, or one that no longer has the address. */
  replaces?: string;
  /** The Region whose second factor the account lacks: it gets no token. */
  secondFactorIn?: string;
}

/** The text that stands for an address whichever way it was typed. */
export function addressKey(email: string): string {
  return email.trim().normalize("NFC").toLowerCase();
}

/** The items whose accounts still have the address: those without a tombstone. */
export function liveAmong<Item extends CustomerItem>(items: readonly Item[]): Item[] {
  const gone = new Set(items.flatMap((item) => item.gone ?? []));
  return items.filter(({ endedAt, sub }) => endedAt === undefined && !gone.has(sub));
}

/**
 * The item that decides who a person is: the earliest sign-up, then the Region's name. Two live items exist only if a person
 * signed up in both Regions before either knew of the other; every Region answers this alike.
 */
export function customerAmong<Item extends Pick<CustomerItem, "at" | "region">>(
  items: readonly Item[],
): Item | undefined {
  return [...items].sort((a, b) => compare(a.at, b.at) || compare(a.region, b.region))[0];
}

/**
 * The customer that an account stands for. A person who signs up, or is signed in by a mailed code, in a second Region stays
 * the customer that the first one knows, unless the first one holds a second factor: this Region's pool can't check it.
 * An address that was not confirmed proves nothing: such an account is itself.
 *
 * @param gone subjects of other Regions' accounts that no longer have the address.
 *
 * @example
 * const { customerId, put } = identityOf(await directory.items(person), account, now);
 */
export function identityOf(
  items: readonly CustomerItem[],
  account: Account,
  now: string,
  gone: readonly string[] = [],
): Identity {
  const { region, sub, pool, customerId: earlier } = account;
  if (!account.verified) return { customerId: sub };
  const stored = items.find((item) => item.region === region);
  const own = stored?.sub === sub && stored.endedAt === undefined ? stored : undefined;
  // The Region's pool was lost and made again: its accounts are new, its customers are not.
  const lost = pool && stored?.pool && stored.pool !== pool && stored.endedAt === undefined ? stored : undefined;
  if (lost?.secondFactor) return { customerId: lost.customerId, secondFactorIn: region };
  const others = liveAmong(items).filter((item) => item.region !== region && !gone.includes(item.sub));
  const secondFactor = account.secondFactor ?? own?.secondFactor ?? false;
  const elsewhere = customerAmong(others);

  // A factor that was set up here after another Region's proves nothing about that one.
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
  // A guest of the Region that knows the person: nothing to remember but a second factor, and none that it was refused for.
  if (elsewhere && !stored && earlier === undefined && gone.length === 0) {
    const guest = { customerId: elsewhere.customerId, ...refused };
    return secondFactor && !held ? { ...guest, put } : guest;
  }
  return { customerId, put, ...replaces, ...refused };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
