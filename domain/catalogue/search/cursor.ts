import { effectiveSort, type MatchMode, type Position, type SearchRequest } from "./searchQuery";

/** Largest number of products that a page by relevance skips. OpenSearch refuses `from` + `size` above 10,000. */
export const MAX_SKIP = 9_900;

interface Cursor {
  /** Match mode of the first page; later pages keep it. */
  matching: MatchMode;
  after: Position;
  /** Fingerprint of the request that it continues; with another one it would skip arbitrary products. */
  request: string;
}

/** Longer than any cursor that `encodeCursor` makes. Validation refuses longer texts before they are parsed. */
export const MAX_CURSOR_LENGTH = 2_000;

/** Encodes the opaque text that a caller sends for the next page. */
export function encodeCursor(request: SearchRequest, matching: MatchMode, after: Position): string {
  const cursor: Cursor = { matching, after, request: fingerprint(request) };
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

/** Decodes a cursor; `undefined` if it is damaged or belongs to another request. */
export function decodeCursor(request: SearchRequest, text: string): Pick<Cursor, "matching" | "after"> | undefined {
  const cursor = parse(text);
  return cursor?.request === fingerprint(request) && fitsSort(request, cursor.after)
    ? { matching: cursor.matching, after: cursor.after }
    : undefined;
}

function parse(text: string): Cursor | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return isCursor(value) ? value : undefined;
  } catch {
    // Not a cursor of this service.
    return undefined;
  }
}

function isCursor(value: unknown): value is Cursor {
  if (typeof value !== "object" || value === null) return false;
  const { matching, after, request } = value as Partial<Record<keyof Cursor, unknown>>;
  return (matching === "exact" || matching === "near") && typeof request === "string" && isPosition(after);
}

/** Checks the type of the sort value: the engine refuses another type than its field's. */
function fitsSort(request: SearchRequest, after: Position): boolean {
  if ("skip" in after) return true;
  // The engine continues behind a product only in results that are not collapsed.
  if (request.variants === "one") return false;
  const sort = effectiveSort(request);
  const isText = (part: unknown) => typeof part === "string" && !/\p{Cs}/u.test(part);
  const [value, productId] = after;
  const fits = sort === "name" ? isText(value) : sort !== "relevance" && Number.isSafeInteger(value);
  return (fits || value === null) && isText(productId);
}

function isPosition(value: unknown): value is Position {
  if (typeof value !== "object" || value === null) return false;
  if ("skip" in value) return Number.isInteger(value.skip) && Number(value.skip) > 0 && Number(value.skip) <= MAX_SKIP;
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((part) => part === null || typeof part === "number" || (typeof part === "string" && part.length <= 300))
  );
}

/** Identifies a request (FNV-1a), without the page size, which may change from page to page. A collision does no harm. */
export function fingerprint(request: SearchRequest): string {
  const { q, category, brand, availability, price, attribute, sort, group, variants } = request;
  const parts = [q?.trim() ?? "", category, brand, availability, price, attribute, sort];
  if (group !== undefined || variants === "one") parts.push(group, variants);
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify(parts)) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
