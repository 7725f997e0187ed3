import type { Price } from "../../catalogue/product";
import { MAX_PRICE_AMOUNT } from "../../catalogue/product";
import type { Address, OrderLine, ShippingLine, TaxLine } from "../items";
import { MAX_TOTAL_AMOUNT, priceLine } from "./pricing";

/** Pattern of a shipping method's id. */
export const METHOD_ID_PATTERN = "^[a-z0-9][a-z0-9-]{0,39}$";

/** Part of the address that shipping and tax may depend on. A quote for a half-typed address has the country only. */
export type Destination = Pick<Address, "country"> & Partial<Pick<Address, "region" | "postalCode">>;

/** The part of an order that a shipping method's own price function gets. */
export interface ShippedGoods {
  lines: readonly (OrderLine & { category?: string })[];
  /** Sum of the lines. */
  goods: Price;
  address: Destination;
}

/** Shipping method that customers choose from. */
export interface ShippingMethod {
  /** Small letters, digits and hyphens, such as `express`. Orders keep it, and the shipping provider gets it. */
  id: string;
  /** Shown to customers. */
  name: string;
  /**
   * Minor units by currency, such as `{ EUR: 490 }`; or a pure function of them, which returns minor units of the goods' currency.
   * The method is not offered in a currency without a price, nor if the function returns `undefined`.
   */
  price: Readonly<Record<string, number>> | ((order: ShippedGoods) => number | undefined);
  /** Sum of the lines from which the method is free, in minor units by currency. Default: never. */
  freeFrom?: Readonly<Record<string, number>>;
  /** ISO 3166-1 alpha-2 codes of the countries that it delivers to. Default: every country. */
  countries?: readonly string[];
  /** Shortest and longest delivery in days, shown to customers. Default: not shown. */
  deliveryDays?: readonly [least: number, most: number];
}

/** Line or shipping, as a tax rate's own function gets it. */
export interface TaxedPart {
  /** Absent for shipping. */
  productId?: string;
  /** The product's category; of shipping, `shippingCategory`. */
  category?: string;
  /** Price of all pieces. */
  price: Price;
  address: Destination;
}

/** Tax rate of some countries and categories. */
export interface TaxRate {
  /** Shown to customers, such as `VAT`. */
  name: string;
  /**
   * 0 to 100 with at most four decimals; or a pure function of each line and of shipping. The next rate is tried if it returns
   * `undefined`.
   */
  percent: number | ((part: TaxedPart) => number | undefined);
  /** ISO 3166-1 alpha-2 codes of the countries of delivery. Default: every country. */
  countries?: readonly string[];
  /** Categories of products, as the catalogue names them. Default: every category, and shipping. */
  categories?: readonly string[];
}

/** Taxes of the store. */
export interface TaxRules {
  /** True: prices of catalogue and shipping include the tax, and the total is their sum. False: the tax is added. */
  pricesIncludeTax: boolean;
  /** The first rate that applies to a line is its rate. A line without one has no tax. */
  rates: readonly TaxRate[];
  /** Category whose rate shipping has. Default: none, so the first rate without `categories`. */
  shippingCategory?: string;
}

/** Prices beside those of the catalogue. */
export interface ChargeRules {
  /** In the order in which customers see them; the first one that is offered is the default. Default: none, delivery is included. */
  shippingMethods?: readonly ShippingMethod[];
  /** Default: none; no tax is shown. */
  tax?: TaxRules;
}

/** Shipping method as offered for an order. */
export type OfferedMethod = Pick<ShippingLine, "id" | "name" | "price" | "deliveryDays">;

/** Reason for which an order's shipping or tax has no price. */
export type ChargeRefusal =
  | { reason: "destination"; country: string }
  | { reason: "method"; methods: OfferedMethod[] }
  | { reason: "too-much" };

export type Charged =
  | { ok: true; total: Price; methods: OfferedMethod[]; shippingMethod?: ShippingLine; taxes?: TaxLine[] }
  | { ok: false; refusal: ChargeRefusal };

/** Goods, with what their shipping and tax depend on. */
export interface ToCharge {
  /** As `priceOrder` returns them. */
  lines: readonly OrderLine[];
  /** Sum of the lines. */
  goods: Price;
  /** Categories by product id. */
  categories: ReadonlyMap<string, string>;
  address: Destination;
  /** The customer's choice. Default: the first method that is offered. */
  shippingMethod?: string;
}

/**
 * Adds shipping and tax to goods. The total is the sum of the lines, of shipping, and of taxes that prices do not include.
 *
 * Tax is rounded once for each rate of the order, half up, not for each line: EN 16931 computes it so (BR-CO-17: taxable amount of
 * a rate times the rate, rounded), and the Streamlined Sales and Use Tax Agreement permits it (section 324: by invoice, up from half a cent).
 *
 * @throws {Error} if a function of the rules returns what is no price or no rate.
 * @example
 * const shippingMethods = [{ id: "standard", name: "Standard", price: { EUR: 490 } }];
 * const lines = [{ productId: "kettle-4", name: "Kettle", quantity: 2, unitPrice: { amount: 3490, currency: "EUR" } }];
 * const goods = { amount: 6980, currency: "EUR" };
 * const charged = chargeOrder({ lines, goods, categories: new Map(), address: { country: "DE" } }, { shippingMethods });
 * if (charged.ok) charged.total; // { amount: 7470, currency: "EUR" } with shipping for 4.90
 */
export function chargeOrder(order: ToCharge, { shippingMethods = [], tax }: ChargeRules): Charged {
  const { goods, address } = order;
  const lines = order.lines.map((line) => ({ ...line, category: order.categories.get(line.productId) }));
  const methods = shippingMethods.flatMap((method) => offer(method, { lines, goods, address }));
  if (shippingMethods.length > 0 && methods.length === 0) {
    return { ok: false, refusal: { reason: "destination", country: address.country } };
  }
  const chosen = order.shippingMethod ?? methods[0]?.id;
  const shippingMethod = methods.find(({ id }) => id === chosen);
  if (chosen !== undefined && !shippingMethod) return { ok: false, refusal: { reason: "method", methods } };

  const parts: TaxedPart[] = lines.map((line) => ({
    productId: line.productId,
    category: line.category,
    price: priceLine(line),
    address,
  }));
  if (shippingMethod) parts.push({ category: tax?.shippingCategory, price: shippingMethod.price, address });
  const taxes = tax ? taxParts(parts, tax) : [];
  const amount = goods.amount + (shippingMethod?.price.amount ?? 0) + sumAdded(taxes);
  if (amount > MAX_TOTAL_AMOUNT) return { ok: false, refusal: { reason: "too-much" } };
  return {
    ok: true,
    total: { ...goods, amount },
    methods,
    ...(shippingMethod && { shippingMethod }),
    ...(taxes.length > 0 && { taxes }),
  };
}

/**
 * Tax on an amount in minor units, as part of it or on top of it, rounded half up.
 *
 * @example
 * computeTax({ percent: 19, included: true }, 11_900); // 1900
 * computeTax({ percent: 8.875, included: false }, 10_000); // 888
 */
export function computeTax({ percent, included }: Pick<TaxLine, "percent" | "included">, amount: number): number {
  // Exact: the product of a large amount and a rate is beyond 2^53.
  const rate = BigInt(Math.round(percent * RATE_UNITS));
  const whole = BigInt(100 * RATE_UNITS) + (included ? rate : 0n);
  return Number((2n * BigInt(amount) * rate + whole) / (2n * whole));
}

/** Rates have four decimals of a percent. */
const RATE_UNITS = 10_000;

/** True of a percentage that a rate may have. */
export const isPercent = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value <= 100 && Math.round(value * RATE_UNITS) / RATE_UNITS === value;

/** Sum of the taxes that prices do not include, in minor units. */
export const sumAdded = (taxes: readonly Pick<TaxLine, "included" | "amount">[] = []): number =>
  taxes.reduce((sum, { included, amount }) => (included ? sum : sum + amount.amount), 0);

function offer(method: ShippingMethod, order: ShippedGoods): OfferedMethod[] {
  const { id, name, countries, freeFrom, deliveryDays } = method;
  const { goods, address } = order;
  if (countries && !countries.includes(address.country)) return [];
  const amount = typeof method.price === "function" ? method.price(order) : method.price[goods.currency];
  if (amount === undefined) return [];
  if (!Number.isInteger(amount) || amount < 0 || amount > MAX_PRICE_AMOUNT) {
    throw new Error(
      `The price of the shipping method ${id} is ${amount}; it must be a whole number of minor units from 0 to ${MAX_PRICE_AMOUNT}.`,
    );
  }
  const isFree = goods.amount >= (freeFrom?.[goods.currency] ?? Number.POSITIVE_INFINITY);
  const price = { ...goods, amount: isFree ? 0 : amount };
  return [{ id, name, price, ...(deliveryDays && { deliveryDays: [...deliveryDays] }) }];
}

/** One line for each rate, in the order of the rates. */
function taxParts(parts: readonly TaxedPart[], { pricesIncludeTax: included, rates }: TaxRules): TaxLine[] {
  const groups = new Map<string, { part: TaxedPart; index: number; name: string; percent: number }[]>();
  for (const part of parts) {
    for (const [index, rate] of rates.entries()) {
      const percent = findPercent(rate, part);
      if (percent === undefined) continue;
      const key = JSON.stringify([rate.name, percent]);
      groups.set(key, [...(groups.get(key) ?? []), { part, index, name: rate.name, percent }]);
      break;
    }
  }
  return [...groups.values()]
    .sort(([first], [second]) => first!.index - second!.index)
    .map((group) => {
      const { name, percent } = group[0]!;
      const { currency } = group[0]!.part.price;
      const base = group.reduce((sum, { part }) => sum + part.price.amount, 0);
      return {
        name,
        percent,
        included,
        base: { amount: base, currency },
        amount: { amount: computeTax({ percent, included }, base), currency },
        productIds: group.flatMap(({ part }) => part.productId ?? []),
        ...(group.some(({ part }) => part.productId === undefined) && { shipping: true as const }),
      };
    });
}

function findPercent({ name, percent, countries, categories }: TaxRate, part: TaxedPart): number | undefined {
  if (countries && !countries.includes(part.address.country)) return undefined;
  if (categories && (part.category === undefined || !categories.includes(part.category))) return undefined;
  const value = typeof percent === "function" ? percent(part) : percent;
  if (value !== undefined && !isPercent(value)) {
    throw new Error(
      `The rate of ${name} is ${value}; it must be a percentage from 0 to 100 with at most four decimals.`,
    );
  }
  return value;
}
