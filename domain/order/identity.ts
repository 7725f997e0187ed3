import { createHash } from "node:crypto";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** An order id: 26 letters and digits of Crockford's alphabet, which has no I, L, O or U to mistake. */
export const ORDER_ID_PATTERN = "^[0-9A-HJKMNP-TV-Z]{26}$";

/**
 * The order that a customer's request under this key is about: 130 bits of a hash, so that a retry in the other
 * Region, which may know nothing of the first request yet, is the same order, and no id can be guessed.
 *
 * @example
 * deriveOrderId("5e8f…", "b0a7…"); // "7ZQ4M2…"
 */
export function deriveOrderId(customerId: string, idempotencyKey: string): string {
  return deriveId("order", idempotencyKey, customerId);
}

/** The refund that a merchandiser's request under this key is about: the same one in either Region. */
export function deriveRefundId(orderId: string, idempotencyKey: string): string {
  return deriveId("refund", idempotencyKey, orderId);
}

function deriveId(what: string, idempotencyKey: string, subject: string): string {
  // The key has no line break (visible ASCII only), so no two pairs make the same text.
  const digest = createHash("sha256").update(`${what}\n${idempotencyKey}\n${subject}`).digest();
  let id = "";
  for (let bit = 0; id.length < 26; bit += 5) {
    const pair = ((digest[bit >> 3]! << 8) | digest[(bit >> 3) + 1]!) >> (11 - (bit & 7));
    id += CROCKFORD[pair & 31];
  }
  return id;
}

/**
 * The name of the execution that works on an order under an epoch: letters, digits and `-`, at most 80 characters,
 * unique in account and Region, so that a repeated stream record starts nothing twice.
 */
export function executionName(orderId: string, epoch: number): string {
  return `${orderId}-${epoch}`;
}

/** Hash that distinguishes a retry from another request under the same key; it does not depend on the order of keys. */
export function hashRequest(request: unknown): string {
  return createHash("sha256").update(canonical(request)).digest("base64url");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([first], [second]) => (first < second ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}
