import type { Price } from "../../catalogue/product";
import { formatMoney } from "../../money";
import { escapeMarkup } from "../../text/escapeMarkup";
import type { RefundItem } from "../items";
import { priceLine } from "../prices/pricing";
import { textsOf } from "../texts/customerTexts";
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
  const { language } = order;
  const { document: text } = textsOf(language);
  const price = (money: Price) => formatMoney(money, "symbol", language);
  return toDocumentPage({
    language,
    store,
    title: text.creditNote(refund.refundId),
    facts: [
      [text.corrects, order.orderId],
      [text.ordered, time(dateOf(order.createdAt))],
      [text.refunded, time(dateOf(refund.updatedAt))],
      [text.reason, escapeMarkup(refund.reason)],
    ],
    shipping: order.shipping,
    caption: text.credited,
    first: text.part,
    rows: creditedRows(),
    sums: [`<tr><th scope="row" colspan="3">${text.refunded}</th><td>${price(refund.amount)}</td></tr>`, ...taxRows()],
  });

  /** The parts at the prices of the invoice; one row for an amount that a merchandiser named. */
  function creditedRows(): DocumentPage["rows"] {
    const { lines, shippingMethod } = order;
    const ordered = new Map(lines.map((line) => [line.productId, line]));
    const rows = (refund.lines ?? []).flatMap(({ productId, quantity }): DocumentPage["rows"][number][] => {
      const line = ordered.get(productId);
      if (!line) return [];
      return [[escapeMarkup(line.name), quantity, price(line.unitPrice), price(priceLine({ ...line, quantity }))]];
    });
    if (refund.shipping && shippingMethod) {
      const paid = price(shippingMethod.price);
      rows.push([escapeMarkup(text.delivery(shippingMethod.name)), 1, paid, paid]);
    }
    return rows.length > 0 ? rows : [[text.partOfPrice, "", "", price(refund.amount)]];
  }

  /** A named amount is a part of the whole price: its taxes are in the proportions of the invoice. */
  function taxRows(): string[] {
    const { tax } = refund;
    if (tax) return [`<tr><th scope="row" colspan="3">${text.taxInRefund}</th><td>${price(tax)}</td></tr>`];
    if (!order.taxes?.length) return [];
    return [`<tr><th scope="row" colspan="4">${text.taxInProportion}</th></tr>`];
  }
}
