import type { Units } from "../stock";
import type { Deadlines } from "./deadlines";
import { type CardItem, ORDER_SCHEMA, type OrderItem } from "./items";
import { placedIn } from "./placedIn";
import { type Write, withBookkeeping } from "./writes";

/** Seconds after which DynamoDB deletes a card that was not authorized. */
const CARD_LIFETIME_SECONDS = 24 * 3600;

type Ordered = "orderId" | "region" | "customerId" | "lines" | "total" | "shippingMethod" | "taxes" | "shipping";

export interface NewOrder extends Pick<OrderItem, Ordered | "contact" | "language" | "requestHash"> {
  payment: { kind: "card" } | { kind: "none" } | { kind: "token"; token: string };
  /** The counted lines, whose units the write takes from the own shares. */
  counted?: Units[];
}

/** Rule 2: an order's first item, to be written only if this Region has none of the order yet. */
export function placeOrder({ counted = [], ...order }: NewOrder, at: string, deadlines?: Deadlines): Write<OrderItem> {
  const item = withBookkeeping<OrderItem>(
    {
      ...order,
      ...(counted.length > 0 && { hold: { units: counted }, heldIn: order.region }),
      kind: "order",
      schema: ORDER_SCHEMA,
      epoch: 1,
      version: 1,
      status: "PLACED",
      shipment: {},
      history: [],
      createdAt: at,
      placedIn: placedIn(at, order.orderId),
      updatedAt: at,
    },
    { at, deadlines },
  );
  return { item, condition: { absent: true }, deleteCard: false };
}

/** The card's item, written in the same transaction. */
export function placeCard(orderId: string, region: string, ciphertext: string, at: string): CardItem {
  const expiresAt = Math.floor(Date.parse(at) / 1000) + CARD_LIFETIME_SECONDS;
  return { schema: ORDER_SCHEMA, orderId, region, ciphertext, expiresAt };
}
