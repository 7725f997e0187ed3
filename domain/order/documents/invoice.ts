import { formatMoney } from "../../money";
import { escapeMarkup } from "../../text/escapeMarkup";
import type { HistoryEntry, OrderItem } from "../items";
import { type ChargeRow, toChargeRows } from "../prices/chargeRows";
import { priceLine } from "../prices/pricing";
import { isFulfilled } from "../status";
import { dateOf, time, toDocumentPage } from "./documentPage";

/** Folder of the bucket. */
export const INVOICES = "invoices/";

/** The part of an order that an invoice needs. */
export type InvoicedOrder = Pick<
  OrderItem,
  | "orderId"
  | "lines"
  | "total"
  | "shippingMethod"
  | "taxes"
  | "shipping"
  | "payment"
  | "history"
  | "createdAt"
  | "updatedAt"
>;

/** Composes an invoice from the store's own page. The order's texts are the customer's input: escape them. */
export type ComposeInvoice = (page: string, invoiced: { order: InvoicedOrder; store: string }) => string;

/** Object key of an order's invoice. An own issuer's customer ids may have any characters. */
export function invoiceKey(customerId: string, orderId: string): string {
  return `${INVOICES}${encodeURIComponent(customerId)}/${orderId}.html`;
}

/**
 * The invoice as an HTML page. The same order makes the same text, byte by byte, so it may be written twice.
 *
 * @example
 * toInvoice(order, "Stayopen"); // "<!doctype html>…"
 */
export function toInvoice(order: InvoicedOrder, store: string): string {
  const { before, after } = toChargeRows(order, true);
  const sumRow = ({ label, price }: ChargeRow, className = "") =>
    `<tr${className}><th scope="row" colspan="3">${escapeMarkup(label)}</th><td>${formatMoney(price)}</td></tr>`;
  return toDocumentPage({
    store,
    title: `Invoice ${order.orderId}`,
    facts: [
      ["Ordered", time(dateOf(order.createdAt))],
      ["Delivered", time(dateOf(deliveredAt(order)))],
      ["Paid", escapeMarkup(paidBy(order.payment))],
    ],
    shipping: order.shipping,
    caption: "What you have bought",
    first: "Product",
    rows: order.lines.map(({ name, productId, quantity, unitPrice }) => [
      `${escapeMarkup(name)}<br><small>${escapeMarkup(productId)}</small>`,
      quantity,
      formatMoney(unitPrice),
      formatMoney(priceLine({ quantity, unitPrice })),
    ]),
    sums: [
      ...before.map((row) => sumRow(row, ' class="part"')),
      sumRow({ label: order.shippingMethod ? "Total" : "Total, delivery included", price: order.total }),
      ...after.map((row) => sumRow(row, ' class="part"')),
    ],
  });
}

/** When the parcel arrived: the last time, should both Regions have seen it arrive. */
function deliveredAt({ history, updatedAt }: Pick<InvoicedOrder, "history" | "updatedAt">): string {
  return history.findLast(({ status }: HistoryEntry) => isFulfilled(status))?.at ?? updatedAt;
}

const paidBy = ({ kind, card }: InvoicedOrder["payment"]) =>
  kind === "none" ? "Nothing to pay" : card ? `${card.brand}, card ending in ${card.last4}` : "Yes";
