import { isLive, MAX_PRICE_AMOUNT, type Price, type Product } from "../../catalogue/product";
import type { Units } from "../../stock";
import type { OrderLine } from "../items";
import { MAX_LINES, MAX_QUANTITY } from "../limits";

/** The largest total, in minor units: every line with the most pieces at the largest price. Far below 2^53, so exact. Larger with shipping and tax: refused. */
export const MAX_TOTAL_AMOUNT = MAX_LINES * MAX_QUANTITY * MAX_PRICE_AMOUNT;

/** One requested line; prices never come from the customer. */
export interface RequestedLine {
  productId: string;
  quantity: number;
}

/** Reason for which lines can't be ordered, with the details that a page shows. */
export type PricingRefusal =
  | { reason: "unknown"; productIds: string[] }
  | { reason: "unavailable"; productIds: string[] }
  | { reason: "too-many"; limits: { productId: string; maxPerOrder: number }[] }
  | { reason: "currencies"; currencies: string[] };

export type Priced =
  | { ok: true; lines: OrderLine[]; total: Price; counted: Units[] }
  | { ok: false; refusal: PricingRefusal };

/** The part of a product that pricing needs. */
export type PricedProduct = Pick<
  Product,
  "productId" | "name" | "price" | "availability" | "maxPerOrder" | "counted" | "deletedAt"
> &
  Partial<Pick<Product, "category">>;

/**
 * Prices lines by the catalogue; the total is their sum. `chargeOrder` adds shipping and tax.
 *
 * @example
 * const priced = priceOrder([{ productId: "kettle-1", quantity: 2 }], products);
 * if (priced.ok) priced.total; // { amount: 6980, currency: "EUR" }
 */
export function priceOrder(requested: readonly RequestedLine[], products: readonly PricedProduct[]): Priced {
  const known = new Map(products.filter(isLive).map((product) => [product.productId, product]));
  const found = requested.map((line) => ({ line, product: known.get(line.productId) }));

  const unknown = found.filter(({ product }) => product === undefined).map(({ line }) => line.productId);
  if (unknown.length > 0) return refuse({ reason: "unknown", productIds: unknown });

  const sold = found.flatMap(({ line, product }) => (product ? [{ line, product }] : []));
  const unavailable = sold.filter(({ product }) => product.availability !== "in-stock");
  if (unavailable.length > 0) {
    return refuse({ reason: "unavailable", productIds: unavailable.map(({ line }) => line.productId) });
  }
  const limits = sold.flatMap(({ line, product: { productId, maxPerOrder } }) =>
    maxPerOrder !== undefined && line.quantity > maxPerOrder ? [{ productId, maxPerOrder }] : [],
  );
  if (limits.length > 0) return refuse({ reason: "too-many", limits });

  const currencies = [...new Set(sold.map(({ product }) => product.price.currency))];
  const [currency] = currencies;
  if (currency === undefined || currencies.length > 1) return refuse({ reason: "currencies", currencies });

  const lines = sold.map(({ line, product }) => ({
    productId: product.productId,
    name: product.name,
    quantity: line.quantity,
    unitPrice: { amount: product.price.amount, currency },
  }));
  const counted = sold.flatMap(({ line: { productId, quantity }, product }) =>
    product.counted ? [{ productId, quantity }] : [],
  );
  return { ok: true, lines, total: { amount: sum(lines), currency }, counted };
}

/** Price of a line as totals, basket, pages and invoices show it; its amount is at most `MAX_TOTAL_AMOUNT`. */
export function priceLine({ quantity, unitPrice }: Pick<OrderLine, "quantity" | "unitPrice">): Price {
  return { ...unitPrice, amount: quantity * unitPrice.amount };
}

const sum = (lines: readonly OrderLine[]) => lines.reduce((total, line) => total + priceLine(line).amount, 0);

const refuse = (refusal: PricingRefusal): Priced => ({ ok: false, refusal });
