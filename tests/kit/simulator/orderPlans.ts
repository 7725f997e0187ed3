import { deriveOrderId } from "../../../domain/order";
import type { Chance } from "./chance";
import { type PRODUCTS, REGIONS, type SimulatedRegion } from "./program";
import type { World } from "./world";

/** Kinds of payment, by what the payment provider does with them. */
export const PAYMENTS = [
  "approved",
  "declined",
  "pending, then approved",
  "pending, then declined",
  "token",
  "free",
] as const;
export type Payment = (typeof PAYMENTS)[number];

export interface OrderLine {
  productId: keyof typeof PRODUCTS;
  quantity: number;
}

/** Actions of one customer in one schedule. */
export interface OrderPlan {
  index: number;
  orderId: string;
  customerId: string;
  key: string;
  payment: Payment;
  lines: OrderLine[];
  isReachable: boolean;
  region: SimulatedRegion;
  atMs: number;
  /** Milliseconds after placing; absent if the customer keeps the order. */
  cancelAfterMs?: number;
  /** The page sends the order to the other Region as well, so many milliseconds later. */
  againAfterMs?: number;
  /** Milliseconds after placing at which the customer looks at the order. */
  looksAfterMs: number[];
}

/** @param isCounted the orders are for counted products, of which there are few. */
export function planOrders({ chance }: World, indexes: readonly number[], isCounted: boolean): OrderPlan[] {
  return indexes.map((index) => {
    const label = `order/${index}`;
    const customerId = `customer-${index}`;
    const key = `key-${index}`;
    const is = (what: string, share: number) => chance.of(`${label}/${what}`) < share;
    const payment = is("usual", 0.4) ? "approved" : chance.pick(`${label}/payment`, PAYMENTS);
    return {
      index,
      orderId: deriveOrderId(customerId, key),
      customerId,
      key,
      payment,
      lines: isCounted ? chooseLines(chance, label, payment) : [usualLine(index, payment)],
      isReachable: !is("unreachable", 0.12),
      region: chance.pick(`${label}/region`, REGIONS),
      atMs: chance.between(`${label}/at`, 0, 90_000),
      ...(is("cancels", 0.3) && {
        cancelAfterMs: chance.between(`${label}/cancel`, 200, is("soon", 0.6) ? 8_000 : 600_000),
      }),
      ...(is("twice", 0.15) && { againAfterMs: chance.between(`${label}/again`, 0, 4_000) }),
      looksAfterMs: [1, 2, 3].map((look) => chance.between(`${label}/look/${look}`, 1_000, 900_000)),
    };
  });
}

const usualLine = (index: number, payment: Payment): OrderLine => ({
  productId: payment === "free" ? "leaflet" : "kettle",
  quantity: 1 + (index % 3),
});

/** One or two of the counted products, so that orders compete for them. */
function chooseLines(chance: Chance, label: string, payment: Payment): OrderLine[] {
  const line = (productId: OrderLine["productId"]) => ({
    productId,
    quantity: chance.between(`${label}/quantity/${productId}`, 1, 2),
  });
  if (payment === "free") return [line("sticker")];
  return chance.pick<OrderLine["productId"][]>(`${label}/products`, [["teapot"], ["cup"], ["teapot", "cup"]]).map(line);
}
