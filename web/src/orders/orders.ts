import type { OrderSummary, OrderView } from "../../../domain/order/view";
import { callSignedIn } from "../api";

export interface OrderPage {
  orders: OrderSummary[];
  next?: string;
}

export function listOrders(before: string | undefined, signal: AbortSignal): Promise<OrderPage> {
  return callSignedIn(`/api/orders${before ? `?${new URLSearchParams({ before })}` : ""}`, { signal });
}

export function readOrder(orderId: string, signal: AbortSignal): Promise<OrderView> {
  return callSignedIn(`/api/orders/${encodeURIComponent(orderId)}`, { signal });
}

export function cancelOrder(orderId: string): Promise<{ cancellation: "requested" | "done" }> {
  return callSignedIn(`/api/orders/${encodeURIComponent(orderId)}/cancel`, { method: "POST" });
}

/** An address of the invoice that works for some minutes. */
export function readInvoice(orderId: string): Promise<{ url: string }> {
  return callSignedIn(`/api/orders/${encodeURIComponent(orderId)}/invoice`);
}

const dateTime = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
const withYear = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const onlyTime = new Intl.DateTimeFormat("en", { timeStyle: "short" });

/** The day is said only when it is another one than today, the year only when it is another year. */
export function atTime(iso: string, now = new Date()): string {
  const time = new Date(iso);
  if (time.toDateString() === now.toDateString()) return `today, ${onlyTime.format(time)}`;
  return (time.getFullYear() === now.getFullYear() ? dateTime : withYear).format(time);
}
