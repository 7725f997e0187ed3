import { formatMoney } from "../money";
import { type ChargeRow, toChargeRows } from "./chargeRows";
import type { Address, HistoryEntry, OrderItem } from "./items";
import { priceLine } from "./pricing";
import { isFulfilled } from "./status";

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
 * The invoice as an HTML page of its own: no script, nothing loaded, a table that screen readers can follow, and
 * printable. The same order makes the same text, byte by byte, so it may be written twice.
 *
 * @example
 * toInvoice(order, "Stayopen"); // "<!doctype html>…"
 */
export function toInvoice(order: InvoicedOrder, store: string): string {
  const { orderId, lines, total, shipping, payment } = order;
  const delivered = dateOf(deliveredAt(order));
  const title = `Invoice ${orderId}`;
  const rows = lines.map(
    ({ name, productId, quantity, unitPrice }) => `
      <tr>
        <th scope="row">${escaped(name)}<br><small>${escaped(productId)}</small></th>
        <td>${quantity}</td>
        <td>${formatMoney(unitPrice)}</td>
        <td>${formatMoney(priceLine({ quantity, unitPrice }))}</td>
      </tr>`,
  );
  const { before, after } = toChargeRows(order, true);
  const sumRow = ({ label, price }: ChargeRow, className = "") =>
    `<tr${className}><th scope="row" colspan="3">${escaped(label)}</th><td>${formatMoney(price)}</td></tr>`;
  const sums = [
    ...before.map((row) => sumRow(row, ' class="part"')),
    sumRow({ label: order.shippingMethod ? "Total" : "Total, delivery included", price: total }),
    ...after.map((row) => sumRow(row, ' class="part"')),
  ];
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
      <div><dt>Ordered</dt><dd>${time(dateOf(order.createdAt))}</dd></div>
      <div><dt>Delivered</dt><dd>${time(delivered)}</dd></div>
      <div><dt>Paid</dt><dd>${escaped(paidBy(payment))}</dd></div>
    </dl>
    <h2>For</h2>
    <address>${addressLines(shipping).map(escaped).join("<br>")}</address>
    <table>
      <caption>What you have bought</caption>
      <thead>
        <tr><th scope="col">Product</th><th scope="col">Pieces</th><th scope="col">Price each</th><th scope="col">Amount</th></tr>
      </thead>
      <tbody>${rows.join("")}
      </tbody>
      <tfoot>
        ${sums.join("\n        ")}
      </tfoot>
    </table>
  </main>
</body>
</html>
`;
}

/** Style of invoices and credit notes. */
export const STYLE = `
    body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto; max-width: 45rem; padding: 0 1rem }
    h1 { font-size: 1.4rem; overflow-wrap: anywhere }
    h2 { font-size: 1rem }
    dl { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; margin: 0 }
    dt { color: #555 }
    dd { margin: 0 }
    address { font-style: normal }
    table { border-collapse: collapse; margin-top: 2rem; width: 100% }
    caption { font-weight: bold; padding-bottom: 0.5rem; text-align: left }
    th, td { border-bottom: 1px solid #bbb; padding: 0.4rem; text-align: right; vertical-align: top }
    th:first-child { text-align: left }
    tbody th { font-weight: normal }
    tfoot th, tfoot td { border: 0; font-weight: bold }
    tfoot .part > * { font-weight: normal }
  `;

/** When the parcel arrived: the last time, should both Regions have seen it arrive. */
function deliveredAt({ history, updatedAt }: Pick<InvoicedOrder, "history" | "updatedAt">): string {
  return history.findLast(({ status }: HistoryEntry) => isFulfilled(status))?.at ?? updatedAt;
}

/** Day of a time. */
export const dateOf = (at: string) => at.slice(0, 10);
export const time = (date: string) => `<time datetime="${date}">${date}</time>`;

const paidBy = ({ kind, card }: InvoicedOrder["payment"]) =>
  kind === "none" ? "Nothing to pay" : card ? `${card.brand}, card ending in ${card.last4}` : "Yes";

export const addressLines = ({ name, street, postalCode, city, region, country }: Address): string[] =>
  [name, street, `${postalCode} ${city}`, region, country].filter((line) => line !== undefined);

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes a text for HTML. */
export const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
