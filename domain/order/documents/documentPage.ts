import { escapeMarkup } from "../../text/escapeMarkup";
import { DEFAULT_LANGUAGE, type Language } from "../../text/language";
import type { Address } from "../items";
import { textsOf } from "../texts/customerTexts";

/** A document of an order; texts are HTML unless stated. */
export interface DocumentPage {
  /** Default: English. */
  language?: Language | undefined;
  /** As text. */
  store: string;
  /** As text. */
  title: string;
  facts: readonly [label: string, value: string][];
  shipping: Address;
  caption: string;
  /** Heading of the first column. */
  first: string;
  rows: readonly [name: string, quantity: number | string, each: string, sum: string][];
  /** Rows below the table. */
  sums: readonly string[];
}

/**
 * An invoice or a credit note as an HTML page of its own: no script, nothing loaded, a table that screen readers can follow, and printable.
 */
export function toDocumentPage({
  language = DEFAULT_LANGUAGE,
  store,
  title,
  facts,
  shipping,
  caption,
  first,
  rows,
  sums,
}: DocumentPage): string {
  const { document: text } = textsOf(language);
  return `<!doctype html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <title>${escapeMarkup(`${title} – ${store}`)}</title>
  <style>${STYLE}</style>
</head>
<body>
  <main>
    <p>${escapeMarkup(store)}</p>
    <h1>${escapeMarkup(title)}</h1>
    <dl>${facts.map(([label, value]) => `\n      <div><dt>${label}</dt><dd>${value}</dd></div>`).join("")}
    </dl>
    <h2>${text.addressee}</h2>
    <address>${addressLines(shipping).map(escapeMarkup).join("<br>")}</address>
    <table>
      <caption>${caption}</caption>
      <thead>
        <tr>${[first, text.pieces, text.each, text.amount].map((name) => `<th scope="col">${name}</th>`).join("")}</tr>
      </thead>
      <tbody>${rows.map(toRow).join("")}
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

const toRow = ([name, ...cells]: DocumentPage["rows"][number]) => `
      <tr>
        <th scope="row">${name}</th>${cells.map((cell) => `\n        <td>${cell}</td>`).join("")}
      </tr>`;

const STYLE = `
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

/** Day of a time. */
export const dateOf = (at: string) => at.slice(0, 10);
export const time = (date: string) => `<time datetime="${date}">${date}</time>`;

const addressLines = ({ name, street, postalCode, city, region, country }: Address): string[] =>
  [name, street, `${postalCode} ${city}`, region, country].filter((line) => line !== undefined);
