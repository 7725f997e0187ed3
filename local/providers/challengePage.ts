import { createHash } from "node:crypto";
import { formatMoney } from "../../domain/money";
import { escapeMarkup } from "../../domain/text/escapeMarkup";
import type { PaymentRecord } from "./contract";
import { type ChallengeAnswer, isChallenged, type PaymentLedger } from "./paymentLedger";

/** A page's answer: a document, or the address that the browser goes to next. */
export type PageAnswer = { status: number; headers: Record<string, string>; body: string };

/** Pages of a provider for customers. */
export interface Pages {
  /** Start of their paths. */
  below: string;
  show(method: string, path: string, form: URLSearchParams): PageAnswer;
}

const PATH = "/challenges/";

export const challengePath = (challengeId: string): string => `${PATH}${challengeId}`;

/**
 * Serves the pages on which customers confirm payments (3-D Secure), as their bank's would. The id in the path is the only key to a page.
 * It leads back to the store's own order page: no request names an address to return to.
 *
 * @param storeUrl the store's address, without a trailing slash; `undefined` while it is unknown.
 */
export function challengePages(ledger: PaymentLedger, storeUrl: () => string | undefined): Pages {
  const show: Pages["show"] = (method, path, form) => {
    const payment = ledger.findChallenge(path.slice(PATH.length));
    const store = storeUrl();
    // The page treats a customer who comes back like one who has just ordered.
    const back = payment && store && `${store}/orders/${encodeURIComponent(payment.orderId)}?new`;
    if (method === "GET") return payment ? showPage(200, contentOf(payment, store, back), store) : unknownPage();
    if (method !== "POST") return showPage(405, message("This page can only be opened."));
    if (!payment) return unknownPage();
    const answer = form.get("answer");
    if (answer !== "approve" && answer !== "refuse") return showPage(400, message("Answer with approve or refuse."));
    ledger.answerChallenge(payment.challengeId!, answer satisfies ChallengeAnswer);
    const location = back ?? path;
    return { status: 303, headers: { ...SAFE, location }, body: "" };
  };
  return { below: PATH, show };
}

const unknownPage = () => showPage(404, message("There is no such payment to confirm."));

function contentOf(payment: PaymentRecord, store: string | undefined, back: string | undefined): string {
  const leave = back ? `<a href="${escapeMarkup(back)}">` : undefined;
  if (!isChallenged(payment)) {
    return `${message(RESULTS[payment.status] ?? "This payment is decided.")}${leave ? `<p>${leave}Back to the store</a></p>` : ""}`;
  }
  const { amount, currency, card } = payment;
  const total = amount !== undefined && currency !== undefined ? formatMoney({ amount, currency }) : "";
  return `
    <h1>Confirm your payment</h1>
    <dl>
      <dt>Store</dt><dd>${escapeMarkup(store ?? "your store")}</dd>
      <dt>Amount</dt><dd><strong>${escapeMarkup(total)}</strong></dd>
      ${card ? `<dt>Card</dt><dd>${escapeMarkup(card.brand)} ending in ${escapeMarkup(card.last4)}</dd>` : ""}
      <dt>Order</dt><dd><code>${escapeMarkup(payment.orderId)}</code></dd>
    </dl>
    <form method="post">
      <button name="answer" value="approve" class="main">Approve payment</button>
      <button name="answer" value="refuse">Refuse payment</button>
    </form>
    ${leave ? `<p>${leave}Leave without an answer</a></p>` : ""}`;
}

const RESULTS: Partial<Record<PaymentRecord["status"], string>> = {
  authorized: "You have approved this payment.",
  captured: "You have approved this payment.",
  declined: "You have refused this payment. You are not charged.",
  voided: "The store has given this payment up. You are not charged.",
  refunded: "This payment was refunded.",
};

export const message = (text: string) => `<h1>${text}</h1>`;

const STYLE = `
  :root { color-scheme: light dark; }
  * { box-sizing: border-box; }
  body {
    margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; overflow-wrap: anywhere;
    font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif;
    color: light-dark(#1b2333, #e7eaf2); background: light-dark(#eef1f7, #11141c);
  }
  main {
    width: 100%; max-width: 26rem; border-radius: 12px; overflow: hidden;
    background: light-dark(#fff, #1a1f2b); border: 1px solid light-dark(#d9deea, #323a4c);
  }
  header { padding: 0.75rem 1.5rem; background: #312e81; color: #fff; font-weight: 600; }
  section { padding: 1.25rem 1.5rem 1.5rem; }
  h1 { font-size: 1.3rem; line-height: 1.25; margin: 0 0 1rem; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 0.35rem 1rem; margin: 0 0 1.25rem; }
  dt, footer { color: light-dark(#586075, #a2abbf); }
  dd { margin: 0; }
  code { font-size: 0.85rem; }
  form { display: grid; gap: 0.6rem; }
  button {
    font: inherit; min-height: 2.75rem; border-radius: 8px; cursor: pointer; color: inherit; background: none;
    border: 1px solid light-dark(#8891a8, #5c667d);
  }
  button.main { background: #4338ca; border-color: #4338ca; color: #fff; font-weight: 600; }
  a { color: light-dark(#3730a3, #b4b8ff); }
  p { margin: 1rem 0 0; }
  footer { padding: 0.75rem 1.5rem; font-size: 0.85rem; border-top: 1px solid light-dark(#d9deea, #323a4c); }
  :focus-visible { outline: 3px solid #6366f1; outline-offset: 2px; }
`;

/** No script, no frame around the page, and no address of it in the store's `Referer`. */
const SAFE = { "cache-control": "no-store", "referrer-policy": "same-origin", "x-content-type-options": "nosniff" };

/** @param store where the form's redirect leads, which Chromium counts as a target of the form. */
function showPage(status: number, content: string, store = ""): PageAnswer {
  return frame(status, content, store, {
    title: "Confirm your payment – local payment provider",
    head: "Local payment provider",
    foot: "It stands for your bank's page; no bank is involved and no money moves.",
  });
}

/** A page of a local provider around its content. */
export function frame(
  status: number,
  content: string,
  store: string,
  { title, head, foot }: Record<"title" | "head" | "foot", string>,
): PageAnswer {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' ${store}; base-uri 'none'; frame-ancestors 'none'`;
  const body = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <header>${head}</header>
      <section>${content}</section>
      <footer>This page belongs to the local run. ${foot}</footer>
    </main>
  </body>
</html>
`;
  return {
    status,
    headers: { ...SAFE, "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
    body,
  };
}
