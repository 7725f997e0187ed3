/** Money: an integer of the currency's minor units (cents for USD, yen for JPY). */
export interface Price {
  /** Minor units, 0 or more. */
  amount: number;
  /** ISO 4217, upper case, for example `USD`. */
  currency: string;
}

/** Every value `availability` may have. Only `in-stock` can be ordered. */
export const AVAILABILITIES = ["in-stock", "out-of-stock", "discontinued"] as const;

export type Availability = (typeof AVAILABILITIES)[number];

/** What an attribute of a product may hold: facts to filter by, such as `colour`, `capacityLitres` or `waterproof`. */
export type AttributeValue = string | number | boolean;

/** What a merchandiser says about a product; everything else is added when it is stored. */
export interface ProductContent {
  name: string;
  brand: string;
  category: string;
  description: string;
  price: Price;
  availability: Availability;
  /** The largest quantity one order may contain. Without it only the order's own limit applies. */
  maxPerOrder?: number;
  attributes: Record<string, AttributeValue>;
  /** A path below the site (`/images/kitchen.svg`) or an `https:` URL. */
  image?: string;
}

/**
 * An item of the product table, which is the truth about a product; the search index is derived from it.
 *
 * `version` starts at 1 and grows with each write (by 1, but for `MOVE_GAP`), a deletion included, so that a late or repeated stream record
 * can be told from a new one. A deleted product stays as a tombstone (`deletedAt`) for the same reason.
 */
export interface Product extends ProductContent {
  productId: string;
  version: number;
  /** The only Region that writes this item: that of the first write, unless an operator has moved it (`decideMove`). */
  homeRegion: string;
  /** ISO 8601 UTC. */
  updatedAt: string;
  /** ISO 8601 UTC, present once the product was deleted. */
  deletedAt?: string;
}

/** Tells whether the product may be shown and sold, that is, is not a tombstone. */
export function isLive(product: Pick<Product, "deletedAt">): boolean {
  return product.deletedAt === undefined;
}
