import type { OrderSummary, OrderView } from "../../../domain/order/view";
import { callSignedIn } from "../api";

export interface OrderList {
  orders: OrderSummary[];
  next?: string;
}

export function listOrders(before: string | undefined, signal: AbortSignal): Promise<OrderList> {
  return callSignedIn(`/api/orders${before ? `?${new URLSearchParams({ before })}` : ""}`, { signal });
}

export function fetchOrder(orderId: string, signal: AbortSignal): Promise<OrderView> {
  return callSignedIn(`/api/orders/${encodeURIComponent(orderId)}`, { signal });
}

export function cancelOrder(orderId: string): Promise<{ cancellation: "requested" | "done" }> {
  return callSignedIn(`/api/orders/${encodeURIComponent(orderId)}/cancel`, { method: "POST" });
}

/** Link to the invoice, valid for some minutes. */
export function fetchInvoice(orderId: string): Promise<{ url: string }> {
  return callSignedIn(`/api/orders/${encodeURIComponent(orderId)}/invoice`);
}

const dateTime = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
const withYear = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const onlyTime = new Intl.DateTimeFormat("en", { timeStyle: "short" });

/** Leaves out the day if it is today, and the year if it is this one. */
export function formatTime(iso: string, now = new Date()): string {
  const time = new Date(iso);
  if (time.toDateString() === now.toDateString()) return `today, ${onlyTime.format(time)}`;
  return (time.getFullYear() === now.getFullYear() ? dateTime : withYear).format(time);
}
