import { effectiveSort, type MatchMode, type Position, type SearchRequest } from "./searchQuery";

/** The engine skips no further; nobody reads so many pages of what fits less and less. */
export const MAX_SKIP = 9_900;

interface Cursor {
  /** How the first page matched: the pages after it must not start to forgive typos. */
  matching: MatchMode;
  after: Position;
  /** Of the request that it continues: with another one it would skip products at random. */
  request: string;
}

/** Longer than any cursor that this file makes; the document refuses what is longer before it is parsed. */
export const MAX_CURSOR_LENGTH = 2_000;

/** Makes the opaque text that a caller sends back for the next page. */
export function encodeCursor(request: SearchRequest, matching: MatchMode, after: Position): string {
  const cursor: Cursor = { matching, after, request: fingerprint(request) };
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

/** Reads a cursor; `undefined` when it is damaged or belongs to another request. */
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
    // Not something that this service gave out.
    return undefined;
  }
}

function isCursor(value: unknown): value is Cursor {
  if (typeof value !== "object" || value === null) return false;
  const { matching, after, request } = value as Partial<Record<keyof Cursor, unknown>>;
  return (matching === "exact" || matching === "near") && typeof request === "string" && isPosition(after);
}

/** The engine refuses a sort value of another type than its field's. */
function fitsSort(request: SearchRequest, after: Position): boolean {
  if ("skip" in after) return true;
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

/** The same for every page of a request: its size may change from page to page. FNV-1a; nobody gains by a collision. */
export function fingerprint({ q, category, brand, availability, price, attribute, sort }: SearchRequest): string {
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify([q?.trim() ?? "", category, brand, availability, price, attribute, sort])) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
