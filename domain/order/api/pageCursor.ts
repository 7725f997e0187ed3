import { ORDER_ID_PATTERN } from "../identity";

/** The last order of a page, as the index of a customer's orders knows it. */
export interface PageEnd {
  orderId: string;
  region: string;
  /** ISO 8601 UTC. */
  createdAt: string;
}

/** Makes the opaque text for the next page. The customer is left out: it can't be made to point into another's orders. */
export function encodePageCursor({ orderId, region, createdAt }: PageEnd): string {
  return Buffer.from(JSON.stringify([orderId, region, createdAt])).toString("base64url");
}

/** Reads a page's end; `undefined` for what is no key of the table, which DynamoDB would refuse. */
export function decodePageCursor(text: string): PageEnd | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed) || parsed.length !== PATTERNS.length) return undefined;
  const isKey = parsed.every((part, index) => typeof part === "string" && PATTERNS[index]!.test(part));
  if (!isKey) return undefined;
  const [orderId, region, createdAt] = parsed;
  return { orderId, region, createdAt };
}

const PATTERNS = [
  new RegExp(ORDER_ID_PATTERN),
  // A Region's name.
  /^[a-z]{2}(-[a-z]{2,12}){1,3}-\d{1,2}$/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/,
];
