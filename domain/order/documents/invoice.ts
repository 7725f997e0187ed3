import type { Price } from "../../catalogue/product";
import { formatMoney } from "../../money";
import { escapeMarkup } from "../../text/escapeMarkup";
import type { HistoryEntry, OrderItem } from "../items";
import { type ChargeRow, toChargeRows } from "../prices/chargeRows";
import { priceLine } from "../prices/pricing";
import { isFulfilled } from "../status";
import { textsOf } from "../texts/customerTexts";
import type { CustomerTexts } from "../texts/en";
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
  | "language"
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
 * The invoice as an HTML page in the order's language. The same order makes the same text, byte by byte, so it may be written twice.
 *
 * @example
 * toInvoice(order, "Stayopen"); // "<!doctype html>…"
 */
export function toInvoice(order: InvoicedOrder, store: string): string {
  const { language } = order;
  const { document: text } = textsOf(language);
  const price = (money: Price) => formatMoney(money, "symbol", language);
  const { before, after } = toChargeRows(order, true);
  const sumRow = (row: ChargeRow, className = "") =>
    `<tr${className}><th scope="row" colspan="3">${escapeMarkup(row.label)}</th><td>${price(row.price)}</td></tr>`;
  return toDocumentPage({
    language,
    store,
    title: text.invoice(order.orderId),
    facts: [
      [text.ordered, time(dateOf(order.createdAt))],
      [text.delivered, time(dateOf(deliveredAt(order)))],
      [text.paid, escapeMarkup(paidBy(order.payment, text))],
    ],
    shipping: order.shipping,
    caption: text.bought,
    first: text.product,
    rows: order.lines.map((line) => [
      `${escapeMarkup(line.name)}<br><small>${escapeMarkup(line.productId)}</small>`,
      line.quantity,
      price(line.unitPrice),
      price(priceLine(line)),
    ]),
    sums: [
      ...before.map((row) => sumRow(row, ' class="part"')),
      sumRow({ label: order.shippingMethod ? text.total : text.totalWithDelivery, price: order.total }),
      ...after.map((row) => sumRow(row, ' class="part"')),
    ],
  });
}

/** When the parcel arrived: the last time, should both Regions have seen it arrive. */
function deliveredAt({ history, updatedAt }: Pick<InvoicedOrder, "history" | "updatedAt">): string {
  return history.findLast(({ status }: HistoryEntry) => isFulfilled(status))?.at ?? updatedAt;
}

const paidBy = ({ kind, card }: InvoicedOrder["payment"], text: CustomerTexts["document"]) =>
  kind === "none" ? text.nothingToPay : card ? text.paidByCard(card.brand, card.last4) : text.paidOtherwise;
