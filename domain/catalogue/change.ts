import { isDeepStrictEqual } from "node:util";
import { isLive, type Product, type ProductContent } from "./product";

/**
 * The version that a change says it replaces: a number that the caller saw (0: the product must not exist), `any` for
 * an import, which is the truth whatever was there, or `undefined` when the caller did not say.
 */
export type ExpectedVersion = number | "any" | undefined;

/** Where and when a change is made. */
export interface ChangeContext {
  region: string;
  /** ISO 8601 UTC. */
  now: string;
}

/** What is to be done about a wished change. */
export type Decision =
  /** Store `product` on condition that the item still has the version `replaces` (`undefined`: that there is none). */
  | { kind: "write"; product: Product; replaces: number | undefined }
  /** Nothing: it is so already, most likely because the request came twice. */
  | { kind: "unchanged"; product: Product }
  /** Refuse: the caller saw another version. */
  | { kind: "conflict"; current: Product | undefined }
  /** Refuse: the caller would overwrite what he may not have seen. */
  | { kind: "version-needed"; current: Product }
  /** Refuse: only the product's home Region writes it, so that versions never tie. */
  | { kind: "elsewhere"; homeRegion: string }
  | { kind: "not-found" };

/** Decides about creating or replacing a product. */
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

/** Decides about deleting a product: it stays as a tombstone, so that no late record brings it back. */
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
 * How far above a moved product's version is. The old home may have acknowledged changes that did not arrive here before it
 * was lost: their versions, coming late, must not outrank the new home's.
 */
export const MOVE_GAP = 1_000_000;

/**
 * The product with another home, tombstones included; `undefined` if its home is not `from` (any more). When it was last
 * changed stays as it was: nothing about the product has changed.
 */
export function decideMove(current: Product, from: string, to: string): Product | undefined {
  if (current.homeRegion !== from) return undefined;
  return { ...current, homeRegion: to, version: current.version + MOVE_GAP };
}

/** One before: the same request, sent again because its answer was lost. */
const isVersionOrOneBefore = (expected: number, current: Product) =>
  expected === current.version || expected === current.version - 1;

/** The part of a product that a merchandiser says, without what is added when it is stored. */
export function contentOf(product: ProductContent): ProductContent {
  const { name, brand, category, description, price, availability, maxPerOrder, attributes, image } = product;
  return {
    name,
    brand,
    category,
    description,
    price: { amount: price.amount, currency: price.currency },
    availability,
    ...(maxPerOrder !== undefined && { maxPerOrder }),
    attributes,
    ...(image !== undefined && { image }),
  };
}
