import { MAX_PRICE_AMOUNT } from "../product";

/** Range of prices in minor units; `from` is included, `to` is not. */
export interface PriceRange {
  from?: number;
  to?: number;
}

/** Pattern of a price range in the search parameter `price` and in the price facet. */
export const PRICE_RANGE_PATTERN = "^(\\d{1,9}-\\d{1,9}|\\d{1,9}-|-\\d{1,9})$";

const FACET_BOUNDS = [0, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000];

/** Parses a range: `2500-5000` is from 2500 to 5000; `undefined` for any other text. */
export function parsePriceRange(text: string): PriceRange | undefined {
  if (!new RegExp(PRICE_RANGE_PATTERN).test(text)) return undefined;
  const [from, to] = text
    .split("-")
    .map((bound) => (bound === "" ? undefined : Math.min(Number(bound), MAX_PRICE_AMOUNT)));
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** Formats a range for `parsePriceRange`. */
export function formatPriceRange({ from, to }: PriceRange): string {
  return `${from ?? ""}-${to ?? ""}`;
}

/** Returns the ranges of the price facet; narrower where most prices are. */
export function priceBounds(): PriceRange[] {
  return FACET_BOUNDS.map((from, index) => {
    const to = FACET_BOUNDS[index + 1];
    return to === undefined ? { from } : { from, to };
  });
}
