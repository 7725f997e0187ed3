/** Amount of money, an integer of the currency's minor units (cents for USD, yen for JPY). */
export interface Price {
  /** Minor units, 0 or more. */
  amount: number;
  /** ISO 4217, upper case, for example `USD`. */
  currency: string;
}

/** Largest price in minor units; catches prices with extra digits. */
export const MAX_PRICE_AMOUNT = 100_000_000;

/** Largest quantity of one product in an order line. */
export const MAX_QUANTITY = 99;

/** Values of `availability`. Only `in-stock` products can be ordered. */
export const AVAILABILITIES = ["in-stock", "out-of-stock", "discontinued"] as const;

export type Availability = (typeof AVAILABILITIES)[number];

/** Value of a product attribute to filter by, such as `colour`, `capacityLitres` or `waterproof`. */
export type AttributeValue = string | number | boolean;

/** Fields of a product that a merchandiser sets; storing adds the others. */
export interface ProductContent {
  name: string;
  brand: string;
  category: string;
  description: string;
  price: Price;
  availability: Availability;
  /** Largest quantity in one order. Absent: only `MAX_QUANTITY` applies. */
  maxPerOrder?: number;
  /** The product is sold only from the units that Regions' shares hold (`domain/stock`). Absent: sold without counting. */
  counted?: boolean;
  attributes: Record<string, AttributeValue>;
  /** Products with the same group are variants of one product, which differ in attributes such as the colour. Absent: there are none. */
  group?: string;
  /** A path below the site (`/images/kitchen.svg`) or an `https:` URL. */
  image?: string;
}

/**
 * An item of the product table, the source of truth; the search index is derived from it.
 *
 * `version` starts at 1 and grows with each write, deletions included, by 1 or by `MOVE_GAP`. It distinguishes a late or repeated
 * stream record from a new one. For the same reason a deleted product stays as a tombstone (`deletedAt`).
 */
export interface Product extends ProductContent {
  productId: string;
  version: number;
  /** The only Region that writes this item: that of the first write, until an operator moves it (`decideMove`). */
  homeRegion: string;
  /** ISO 8601 UTC. */
  updatedAt: string;
  /** ISO 8601 UTC, present once the product was deleted. */
  deletedAt?: string;
}

/** Returns true if the product is not a tombstone, and so may be shown and sold. */
export function isLive(product: Pick<Product, "deletedAt">): boolean {
  return product.deletedAt === undefined;
}
