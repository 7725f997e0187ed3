import type { Product, ProductContent } from "../../../domain/catalogue/product";
import type { SearchRules } from "../../../domain/catalogue/search/searchRules";
import type { Money } from "../../../domain/money";
import type { OrderSummary } from "../../../domain/order/api/view";
import type { OrderLine, RefundLine, ShippingLine } from "../../../domain/order/items";
import type { CustomerStatus } from "../../../domain/order/status";
import type { StockView } from "../../../domain/stock";
import { callSignedIn } from "../api";
import { CUSTOMER_QUERIES } from "../customerData";
import { toRange } from "./dayRange";

export const RULES_KEY = [CUSTOMER_QUERIES, "search-rules"];

/** Rules as read, with the version that a change replaces. */
export interface ReadRules extends SearchRules {
  version: number;
  updatedAt?: string;
}

const json = (content: unknown) => JSON.stringify(content);

export const fetchRules = () => callSignedIn<ReadRules>("/api/catalogue/rules");

export const saveRules = ({ updatedAt: _, ...rules }: ReadRules) =>
  callSignedIn<ReadRules>("/api/catalogue/rules", { method: "PUT", body: json(rules) });

/** @param version the version that was read; 0 creates the product. */
export const saveProduct = (productId: string, content: ProductContent, version: number) =>
  callSignedIn<Product>(`/api/catalogue/products/${encodeURIComponent(productId)}`, {
    method: "PUT",
    body: json({ ...content, version }),
  });

export type Shares = StockView & { held?: number };

export const fetchShares = (productId: string) =>
  callSignedIn<Shares>(`/api/orders/stock/${encodeURIComponent(productId)}/shares`);

export const deliver = (productId: string, deliveryId: string, units: number) =>
  callSignedIn<StockView>(
    `/api/orders/stock/${encodeURIComponent(productId)}/deliveries/${encodeURIComponent(deliveryId)}`,
    { method: "PUT", body: json({ units }) },
  );

/** A refund as `GET …/refunds` answers it. */
export interface Refund {
  refundId: string;
  amount: Money;
  reason: string;
  status: string;
  requestedAt: string;
  lines?: RefundLine[];
  shipping?: boolean;
}

/** An order as merchandisers see it: without the customer's data. */
export interface Refunds {
  status: CustomerStatus;
  createdAt: string;
  lines: OrderLine[];
  shippingMethod?: ShippingLine;
  total: Money;
  refunded: Money;
  refunds: Refund[];
}

const refundsPath = (orderId: string) => `/api/orders/${encodeURIComponent(orderId)}/refunds`;

export const fetchRefunds = (orderId: string) => callSignedIn<Refunds>(refundsPath(orderId));

/** Filters of the list of orders. */
export const ORDER_STATES = ["all", "open", "delivered", "cancelled", "refunded"] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export interface PlacedOrders {
  orders: (OrderSummary & { hasRefunds: boolean })[];
  next?: string;
}

/** Conditions of the list of orders, as typed. */
export interface OrderConditions {
  state: OrderState;
  email: string;
  /** `YYYY-MM-DD` on the merchandiser's calendar; empty: every day. */
  day: string;
}

/** Pages without a fitting order that are read on, so that a rare one is found at once: 2,000 orders. */
const EMPTY_PAGES = 5;

/** @param before `next` of the page before. */
export async function fetchOrders(
  { state, email, day }: OrderConditions,
  before: string | undefined,
  signal: AbortSignal,
): Promise<PlacedOrders> {
  const query = new URLSearchParams({
    ...(state !== "all" && { state }),
    // A part of an address finds nothing.
    ...(email.includes("@") && { email: email.trim() }),
    ...(day && toRange(day)),
    ...(before && { before }),
  });
  for (let pages = 1; ; pages++) {
    const page = await callSignedIn<PlacedOrders>(`/api/orders/placed?${query}`, { signal });
    if (page.orders.length > 0 || page.next === undefined || pages === EMPTY_PAGES) return page;
    query.set("before", page.next);
  }
}

/** Lines and shipping at the prices of the order, or an amount in minor units. */
export type RefundPart = { lines?: RefundLine[]; shipping?: true } | { amount: number };

/** @param key repeats the same refund, so that a lost answer never refunds twice. */
export const requestRefund = (orderId: string, key: string, refund: RefundPart & { reason: string }) =>
  callSignedIn<Refund>(refundsPath(orderId), {
    method: "POST",
    headers: { "idempotency-key": key },
    body: json(refund),
  });
