import type { OrderSummary, OrderView } from "../../../domain/order/api/view";
import { callSignedIn } from "../api";
import { locale, text } from "../texts/texts";

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

/** Link to a refund's credit note, likewise. */
export function fetchCreditNote(orderId: string, refundId: string): Promise<{ url: string }> {
  return callSignedIn(`/api/orders/${encodeURIComponent(orderId)}/refunds/${encodeURIComponent(refundId)}/credit-note`);
}

/** Leaves out the day if it is today, and the year if it is this one. */
export function formatTime(iso: string): string {
  const now = new Date();
  const time = new Date(iso);
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale(), options).format(time);
  if (time.toDateString() === now.toDateString()) return text.orders.today(format({ timeStyle: "short" }));
  if (time.getFullYear() !== now.getFullYear()) return format({ dateStyle: "medium", timeStyle: "short" });
  return format({ month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
}
