import { isDeepStrictEqual } from "node:util";
import { isLive, type Product, type ProductContent } from "./product";

/**
 * Version that a change replaces: the number that the caller read (0: the product must not exist), `any` for an import,
 * which replaces every version, or `undefined` if the caller named none.
 */
export type ExpectedVersion = number | "any" | undefined;

/** Region and time of a change. */
export interface ChangeContext {
  region: string;
  /** ISO 8601 UTC. */
  now: string;
}

/** Result of checking a requested change. */
export type Decision =
  /** Store `product` on condition that the item still has the version `replaces` (`undefined`: that there is none). */
  | { kind: "write"; product: Product; replaces: number | undefined }
  /** Nothing to write: the product is as requested, usually because the request was repeated. */
  | { kind: "unchanged"; product: Product }
  /** Refused: the caller read another version. */
  | { kind: "conflict"; current: Product | undefined }
  /** Refused: the caller named no version and could overwrite a change that they have not read. */
  | { kind: "version-needed"; current: Product }
  /** Refused: only the product's home Region writes it, so that versions never tie. */
  | { kind: "elsewhere"; homeRegion: string }
  | { kind: "not-found" };

/** Decides whether a product is created or replaced. */
export function decidePut(
  productId: string,
  content: ProductContent,
  current: Product | undefined,
  expected: ExpectedVersion,
  { region, now }: ChangeContext,
): Decision {
  if (current && current.homeRegion !== region) return { kind: "elsewhere", homeRegion: current.homeRegion };
  const write = (): Decision => ({
    kind: "write",
    product: {
      productId,
      ...contentOf(content),
      version: (current?.version ?? 0) + 1,
      homeRegion: current?.homeRegion ?? region,
      updatedAt: now,
    },
    replaces: current?.version,
  });
  if (!current || !isLive(current)) {
    const fresh = expected === undefined || expected === "any" || expected === 0 || expected === current?.version;
    return fresh ? write() : { kind: "conflict", current: undefined };
  }
  const same = isDeepStrictEqual(contentOf(current), contentOf(content));
  if (same && (typeof expected !== "number" || isVersionOrOneBefore(expected, current))) {
    return { kind: "unchanged", product: current };
  }
  if (expected === undefined) return { kind: "version-needed", current };
  return expected === "any" || expected === current.version ? write() : { kind: "conflict", current };
}

/** Decides whether a product is deleted. It stays as a tombstone, so that no late record restores it. */
export function decideDelete(
  current: Product | undefined,
  expected: number | undefined,
  { region, now }: ChangeContext,
): Decision {
  if (!current) return { kind: "not-found" };
  if (current.homeRegion !== region) return { kind: "elsewhere", homeRegion: current.homeRegion };
  if (!isLive(current)) {
    const repeated = expected === undefined || isVersionOrOneBefore(expected, current);
    return repeated ? { kind: "unchanged", product: current } : { kind: "not-found" };
  }
  if (expected === undefined) return { kind: "version-needed", current };
  if (expected !== current.version) return { kind: "conflict", current };
  const product = { ...current, version: current.version + 1, updatedAt: now, deletedAt: now };
  return { kind: "write", product, replaces: current.version };
}

/**
 * Amount by which a move raises a product's version. The old home may have acknowledged changes that were not replicated
 * before it was lost. If they arrive later, their versions must be lower than the new home's.
 */
export const MOVE_GAP = 1_000_000;

/**
 * Returns the product or tombstone with its home moved; `undefined` if its home is not, or no longer, `from`. `updatedAt`
 * stays, because the content did not change.
 */
export function decideMove(current: Product, from: string, to: string): Product | undefined {
  if (current.homeRegion !== from) return undefined;
  return { ...current, homeRegion: to, version: current.version + MOVE_GAP };
}

/** One version before: a retry of a request whose response was lost. */
const isVersionOrOneBefore = (expected: number, current: Product) =>
  expected === current.version || expected === current.version - 1;

/** Returns the part of a product that a merchandiser sets, without the fields that storing adds. */
export function contentOf(product: ProductContent): ProductContent {
  const { name, brand, category, description, price, availability, maxPerOrder, counted, attributes, group, image } =
    product;
  return {
    name,
    brand,
    category,
    description,
    price: { amount: price.amount, currency: price.currency },
    availability,
    ...(maxPerOrder !== undefined && { maxPerOrder }),
    ...(counted !== undefined && { counted }),
    attributes,
    ...(group !== undefined && { group }),
    ...(image !== undefined && { image }),
  };
}
