import type { Share } from "./share";
import { unitsLeft } from "./shortage";

/** A product's units as a merchandiser sees them. */
export interface StockView {
  productId: string;
  /** False: the product is sold without counting, whatever its shares have. */
  counted: boolean;
  /** The Region whose knowledge this is. */
  seenFrom: string;
  /** Units that some Region may promise, those on their way between Regions included. */
  left: number;
  /** Units of orders, delivered ones included. */
  promised: number;
  /** Units added less those taken away. */
  delivered: number;
  shares: { region: string; available: number; promised: number; delivered: number }[];
}

/** Returns a product's units by Region, as this Region knows them. */
export function toStockView(productId: string, shares: readonly Share[], region: string, counted: boolean): StockView {
  const sum = (units: (share: Share) => number) => shares.reduce((total, share) => total + units(share), 0);
  return {
    productId,
    counted,
    seenFrom: region,
    left: unitsLeft(productId, shares, region),
    promised: sum(({ sold }) => sold),
    delivered: sum(({ delivered }) => delivered),
    shares: shares.map(({ region: of, available, sold, delivered }) => ({
      region: of,
      available,
      promised: sold,
      delivered,
    })),
  };
}
