import { formatMoney } from "../money";
import { addressLines, dateOf, escaped, type InvoicedOrder, invoiceKey, STYLE, time } from "./invoice";
import type { RefundItem } from "./items";
import { priceLine } from "./pricing";

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
  const { orderId, shipping } = order;
  const { refundId, amount, tax, reason } = refund;
  const title = `Credit note ${refundId}`;
  const rows = creditedRows(order, refund).map(
    ([name, quantity, each, sum]) => `
      <tr>
        <th scope="row">${escaped(name)}</th>
        <td>${quantity}</td>
        <td>${each}</td>
        <td>${sum}</td>
      </tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <title>${escaped(`${title} – ${store}`)}</title>
  <style>${STYLE}</style>
</head>
<body>
  <main>
    <p>${escaped(store)}</p>
    <h1>${title}</h1>
    <dl>
      <div><dt>Corrects invoice</dt><dd>${orderId}</dd></div>
      <div><dt>Ordered</dt><dd>${time(dateOf(order.createdAt))}</dd></div>
      <div><dt>Refunded</dt><dd>${time(dateOf(refund.updatedAt))}</dd></div>
      <div><dt>Reason</dt><dd>${escaped(reason)}</dd></div>
    </dl>
    <h2>For</h2>
    <address>${addressLines(shipping).map(escaped).join("<br>")}</address>
    <table>
      <caption>Refunded to you</caption>
      <thead>
        <tr><th scope="col">Part</th><th scope="col">Pieces</th><th scope="col">Price each</th><th scope="col">Amount</th></tr>
      </thead>
      <tbody>${rows.join("")}
      </tbody>
      <tfoot>
        <tr><th scope="row" colspan="3">Refunded</th><td>${formatMoney(amount)}</td></tr>${taxRow(order, tax)}
      </tfoot>
    </table>
  </main>
</body>
</html>
`;
}

type Row = [name: string, quantity: number | string, each: string, sum: string];

/** The parts at the prices of the invoice; one row for an amount that a merchandiser named. */
function creditedRows(
  { lines, shippingMethod }: InvoicedOrder,
  { lines: refunded = [], shipping, amount }: CreditedRefund,
): Row[] {
  const ordered = new Map(lines.map((line) => [line.productId, line]));
  const rows = refunded.flatMap(({ productId, quantity }): Row[] => {
    const line = ordered.get(productId);
    if (!line) return [];
    const { name, unitPrice } = line;
    return [[name, quantity, formatMoney(unitPrice), formatMoney(priceLine({ quantity, unitPrice }))]];
  });
  if (shipping && shippingMethod) {
    const price = formatMoney(shippingMethod.price);
    rows.push([`Delivery: ${shippingMethod.name}`, 1, price, price]);
  }
  return rows.length > 0 ? rows : [["Part of the price", "", "", formatMoney(amount)]];
}

/** A named amount is a part of the whole price: its taxes are in the proportions of the invoice. */
function taxRow({ taxes = [] }: InvoicedOrder, tax: CreditedRefund["tax"]): string {
  if (tax) return `\n        <tr><th scope="row" colspan="3">Tax in it</th><td>${formatMoney(tax)}</td></tr>`;
  if (taxes.length === 0) return "";
  return `\n        <tr><th scope="row" colspan="4">Tax is in it in the proportions of the invoice.</th></tr>`;
}
