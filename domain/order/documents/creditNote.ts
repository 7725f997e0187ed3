import { formatMoney } from "../../money";
import { escapeMarkup } from "../../text/escapeMarkup";
import type { RefundItem } from "../items";
import { priceLine } from "../prices/pricing";
import { type DocumentPage, dateOf, time, toDocumentPage } from "./documentPage";
import { type InvoicedOrder, invoiceKey } from "./invoice";

/** The part of a refund that a credit note needs. */
export type CreditedRefund = Pick<
  RefundItem,
  "refundId" | "amount" | "lines" | "shipping" | "tax" | "reason" | "updatedAt"
>;

/** Object key of a refund's credit note, beside the order's invoice. */
export function creditNoteKey(customerId: string, orderId: string, refundId: string): string {
  return invoiceKey(customerId, `${orderId}-${refundId}`);
}

/**
 * The credit note of a refund that was made, as an HTML page like the invoice. It corrects the invoice, which stays as it was issued. The
 * same refund makes the same text, so it may be written twice.
 *
 * @example
 * toCreditNote(order, refund, "Stayopen"); // "<!doctype html>…"
 */
export function toCreditNote(order: InvoicedOrder, refund: CreditedRefund, store: string): string {
  return toDocumentPage({
    store,
    title: `Credit note ${refund.refundId}`,
    facts: [
      ["Corrects invoice", order.orderId],
      ["Ordered", time(dateOf(order.createdAt))],
      ["Refunded", time(dateOf(refund.updatedAt))],
      ["Reason", escapeMarkup(refund.reason)],
    ],
    shipping: order.shipping,
    caption: "Refunded to you",
    first: "Part",
    rows: creditedRows(order, refund),
    sums: [
      `<tr><th scope="row" colspan="3">Refunded</th><td>${formatMoney(refund.amount)}</td></tr>`,
      ...taxRows(order, refund.tax),
    ],
  });
}

/** The parts at the prices of the invoice; one row for an amount that a merchandiser named. */
function creditedRows(
  { lines, shippingMethod }: InvoicedOrder,
  { lines: refunded = [], shipping, amount }: CreditedRefund,
): DocumentPage["rows"] {
  const ordered = new Map(lines.map((line) => [line.productId, line]));
  const rows = refunded.flatMap(({ productId, quantity }): DocumentPage["rows"][number][] => {
    const line = ordered.get(productId);
    if (!line) return [];
    const { name, unitPrice } = line;
    return [[escapeMarkup(name), quantity, formatMoney(unitPrice), formatMoney(priceLine({ quantity, unitPrice }))]];
  });
  if (shipping && shippingMethod) {
    const price = formatMoney(shippingMethod.price);
    rows.push([escapeMarkup(`Delivery: ${shippingMethod.name}`), 1, price, price]);
  }
  return rows.length > 0 ? rows : [["Part of the price", "", "", formatMoney(amount)]];
}

/** A named amount is a part of the whole price: its taxes are in the proportions of the invoice. */
function taxRows({ taxes = [] }: InvoicedOrder, tax: CreditedRefund["tax"]): string[] {
  if (tax) return [`<tr><th scope="row" colspan="3">Tax in it</th><td>${formatMoney(tax)}</td></tr>`];
  if (taxes.length === 0) return [];
  return [`<tr><th scope="row" colspan="4">Tax is in it in the proportions of the invoice.</th></tr>`];
}
