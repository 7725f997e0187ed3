/**
 * Key of the item that counts what a customer has used of a limit in one Region on one UTC day. The item expires after the day.
 *
 * @param what is limited per customer and day: `orders`, or a notification channel by its name.
 */
export const rateKey = (what: string, customerId: string, region: string, at: string) => ({
  orderId: `rate#${what}#${customerId}`,
  region: `rate#${region}#${at.slice(0, 10)}`,
});

/** Orders that a customer may place in one Region on one UTC day, unless the store sets another limit. */
export const ORDERS_PER_CUSTOMER_DAY = 50;

/** Text messages to one customer from one Region on one UTC day, unless the store sets another limit. */
export const TEXT_MESSAGES_PER_CUSTOMER_DAY = 10;

/** Seconds until the next UTC day begins, when the limits do. */
export function secondsToNextDay(at: string): number {
  const nextDay = Date.parse(`${at.slice(0, 10)}T00:00:00.000Z`) + 86_400_000;
  return Math.ceil((nextDay - Date.parse(at)) / 1_000);
}

/** Prefixes that callers and senders pay extra for, inside a country that may be allowed as a whole. */
const PREMIUM_PREFIXES = ["+1900", "+1976"];

/**
 * Decides whether the store sends text messages to a number.
 *
 * @param prefixes E.164 prefixes, such as `+49`; none allows no number.
 * @example
 * mayText("+4915112345678", ["+49"]) // true
 * mayText("+19005550100", ["+1"]) // false
 */
export function mayText(phone: string, prefixes: readonly string[]): boolean {
  const startsWith = (prefix: string) => phone.startsWith(prefix);
  return prefixes.some(startsWith) && !PREMIUM_PREFIXES.some(startsWith);
}
