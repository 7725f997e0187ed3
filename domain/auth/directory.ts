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
  /** Whether that account has a second factor: then no Region signs the person in by a mailed code. Absent: no. */
  secondFactor?: boolean;
  /** ISO 8601 UTC. */
  at: string;
}

/** An account of a Region's user pool for which a token is being made. */
export interface Account {
  region: string;
  sub: string;
  /** Whether the account's address was confirmed: only then it says who the person is. */
  verified: boolean;
  /** Whether the account has a second factor; absent where that is not known now, and nothing changes. */
  secondFactor?: boolean;
}

/** Which customer an account is, and what the directory must be told. */
export interface Identity {
  customerId: string;
  /** The item to write; absent where the directory has it already. */
  put?: Omit<CustomerItem, "person" | "schema">;
  /** The account that the own item names before: the same, or one that was deleted before its address signed up anew. */
  replaces?: string;
}

/** The text that stands for an address whichever way it was typed. */
export function addressKey(email: string): string {
  return email.trim().normalize("NFC").toLowerCase();
}

/**
 * Who speaks for a person: the earliest sign-up, then the Region's name. Two items exist only if somebody signed up in both
 * Regions before either knew of the other; every Region answers this alike.
 */
export function customerAmong<Item extends Pick<CustomerItem, "at" | "region">>(
  items: readonly Item[],
): Item | undefined {
  return [...items].sort((a, b) => compare(a.at, b.at) || compare(a.region, b.region))[0];
}

/**
 * The customer that an account stands for. Somebody who signs up, or is signed in by a mailed code, in a second Region stays
 * the customer that the first one knows. An address that was not confirmed proves nothing: such an account is itself.
 *
 * @example
 * const { customerId, put } = identityOf(await directory.items(person), account, now);
 */
export function identityOf(items: readonly CustomerItem[], account: Account, now: string): Identity {
  const { region, sub, secondFactor } = account;
  if (!account.verified) return { customerId: sub };
  const own = items.find((item) => item.region === region);
  const others = items.filter((item) => item.region !== region);
  if (own?.sub === sub) {
    const { customerId } = customerAmong(items)!;
    if (secondFactor === undefined || secondFactor === (own.secondFactor ?? false)) return { customerId };
    return { customerId, put: { region, customerId: own.customerId, sub, at: own.at, secondFactor }, replaces: sub };
  }
  // Made here by a mailed code, or signed up twice: where the person is known already, there is nothing to say but this.
  const elsewhere = customerAmong(others);
  if (!own && elsewhere) {
    const { customerId } = elsewhere;
    return secondFactor ? { customerId, put: { region, customerId, sub, at: now, secondFactor } } : { customerId };
  }
  // Whoever has the address now is not necessarily whoever had the deleted account.
  const put = { region, customerId: sub, sub, at: now, ...(secondFactor && { secondFactor }) };
  const replaces = own && { replaces: own.sub };
  return { customerId: customerAmong<Identity["put"] & object>([put, ...others])!.customerId, put, ...replaces };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
