import type { Price } from "../../../../domain/catalogue/product";
import { problem } from "../../../../domain/http/problem";
import { formatMoney } from "../../../../domain/money";
import {
  type ChargeRefusal,
  MAX_TOTAL_AMOUNT,
  type OfferedMethod,
  type PricingRefusal,
  pointersToCardNumbers,
  type RequestedLine,
  secondsToNextDay,
  type TaxLine,
} from "../../../../domain/order";
import { RETRY_AFTER_SECONDS, type Shortage } from "../../../../domain/stock";
import type { HttpResponse } from "./http";

/** Responses to refused requests; each states what to do instead. */

export function refuseRepeatedLines(lines: readonly RequestedLine[]): HttpResponse | undefined {
  const ids = lines.map((line) => line.productId);
  const productIds = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  if (productIds.length === 0) return undefined;
  const detail = `A product stands in one line with its whole quantity. Join the lines of ${productIds.join(", ")}.`;
  return problem(422, { title: "Product in several lines", detail, productIds });
}

export function refuseLines(refusal: PricingRefusal): HttpResponse {
  switch (refusal.reason) {
    case "unknown": {
      const detail = `The catalogue has no ${refusal.productIds.join(", ")}. Remove it from the order.`;
      return problem(422, { title: "Unknown product", detail, productIds: refusal.productIds });
    }
    case "unavailable": {
      const detail = `Not available now: ${refusal.productIds.join(", ")}. Remove it from the order, or try again later.`;
      return problem(409, { title: "Product not available", detail, productIds: refusal.productIds });
    }
    case "too-many": {
      const limits = refusal.limits.map(({ productId, maxPerOrder }) => `${maxPerOrder} of ${productId}`).join(", ");
      const detail = `One order may have at most ${limits}. Lower the quantity.`;
      return problem(422, { title: "Too many of a product", detail, limits: refusal.limits });
    }
    case "currencies": {
      const detail = `The products are priced in ${refusal.currencies.join(" and ")}. Order them apart.`;
      return problem(422, { title: "Several currencies", detail });
    }
  }
}

export function refuseCharge(refusal: ChargeRefusal): HttpResponse {
  switch (refusal.reason) {
    case "destination": {
      const detail = `No shipping method delivers to ${refusal.country}. Send another address.`;
      const errors = [{ pointer: "#/shipping/country", detail: "is not delivered to" }];
      return problem(422, { type: "not-delivered", title: "No delivery to this country", detail, errors });
    }
    case "method": {
      const { methods } = refusal;
      const offered = methods.map(({ id }) => id).join(", ");
      const detail = offered
        ? `Offered for this order: ${offered}. Send one of them as shippingMethod.`
        : "The store has no shipping methods. Leave shippingMethod out.";
      const errors = [{ pointer: "#/shippingMethod", detail: "is not offered for this order" }];
      return problem(422, { title: "Shipping method not offered", detail, errors, shippingMethods: methods });
    }
    case "too-much": {
      const detail = `The total with shipping and tax is above ${MAX_TOTAL_AMOUNT} minor units. Order the lines apart.`;
      return problem(422, { title: "Total too large", detail });
    }
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One UUID in some 7,000 has digits like a card number, and no customer types a card so. Any other key is searched for one. */
export const cardNumberInKey = (key: string): string[] =>
  UUID.test(key) ? [] : pointersToCardNumbers(key, "header/Idempotency-Key");

/** Refuses card numbers in clear. The number is not repeated in the answer. */
export function cardNumberWritten(pointers: readonly string[]): HttpResponse | undefined {
  const [first] = pointers;
  if (first === undefined) return undefined;
  const field = first.replace(/^#\//, "").replaceAll("/", ".");
  const detail = `${field} has a card number in it, which is never stored. Remove it; a card goes into the card's own fields.`;
  const errors = pointers.map((pointer) => ({ pointer, detail: "must not have a card number in it" }));
  return problem(422, { title: "Card number in the wrong field", detail, errors });
}

/** An order with a total of 0 needs no payment; every other order needs one. */
export function paymentMismatch({
  expectedTotal,
  payment,
}: {
  expectedTotal: Price;
  payment: { kind: string };
}): HttpResponse | undefined {
  const isFree = expectedTotal.amount === 0;
  if (isFree === (payment.kind === "none")) return undefined;
  const detail = isFree
    ? `An order for ${formatMoney(expectedTotal)} takes no payment: send payment {"kind":"none"}.`
    : `payment.kind is "none", but the total is ${formatMoney(expectedTotal)}. Send a card or a token.`;
  const wanted = isFree ? 'must be "none"' : 'must be "card" or "token"';
  return problem(422, {
    title: "Wrong kind of payment",
    detail,
    errors: [{ pointer: "#/payment/kind", detail: wanted }],
  });
}

export function refuseTooManyOrders(limit: number, at: string): HttpResponse {
  const seconds = secondsToNextDay(at);
  const detail = `A customer can place ${limit} orders a day, and you have. Order again in ${seconds} seconds, or ask support.`;
  return problem(429, { title: "Too many orders", detail, limit }, { "retry-after": String(seconds) });
}

export function refuseChangedTotal(
  expected: Price,
  {
    total,
    lines,
    shippingMethod,
    taxes,
  }: { total: Price; lines: unknown[]; shippingMethod?: OfferedMethod; taxes?: TaxLine[] },
): HttpResponse | undefined {
  if (expected.amount === total.amount && expected.currency === total.currency) return undefined;
  const detail = `The total is ${formatMoney(total)} now, not ${formatMoney(expected)}. Show it, and order again with it as expectedTotal.`;
  return problem(409, { title: "Total has changed", detail, total, lines, shippingMethod, taxes });
}

/** Refuses an order whose units the own shares do not have: 409 if nothing is left, 503 while they can be moved here. */
export function refuseShortage(shortage: Shortage): HttpResponse {
  if (shortage.kind === "elsewhere") {
    const products = shortage.wishes.map(({ productId }) => productId).join(", ");
    const detail =
      `The last units of ${products} are in another Region and on their way. Repeat the request after Retry-After seconds, ` +
      "with the same Idempotency-Key.";
    const productIds = shortage.wishes.map(({ productId }) => productId);
    const headers = { "retry-after": String(RETRY_AFTER_SECONDS) };
    return problem(503, { type: "stock-moving", title: "Stock on its way", detail, productIds }, headers);
  }
  const left = shortage.lines.map(({ productId, left }) => `${Math.max(left, 0)} of ${productId}`).join(", ");
  const detail = `Too few are left: ${left}. Lower the quantity, or remove the line.`;
  const lines = shortage.lines.map((line) => ({ ...line, left: Math.max(line.left, 0) }));
  return problem(409, { type: "sold-out", title: "Sold out", detail, lines });
}

export function refuseUsedKey(): HttpResponse {
  const detail =
    "Another order was placed with this Idempotency-Key. Use a new key for a new order, and the same body for a retry.";
  return problem(422, { title: "Idempotency-Key used for another order", detail });
}

export function refuseForeignCard(): HttpResponse {
  const detail =
    "payment.card must be encrypted for this request: its protected header must have alg RSA-OAEP-256, enc A256GCM, kid, " +
    "idempotencyKey equal to the header Idempotency-Key, customerId equal to the caller's, and nothing else.";
  const errors = [{ pointer: "#/payment/card", detail: "is not encrypted for this request" }];
  return problem(422, { title: "Card not encrypted for this request", detail, errors });
}

export function refuseUnknownCardKey(): HttpResponse {
  const detail = "payment.card is encrypted to a key that the store does not have. Load the page again and repeat.";
  return problem(422, { title: "Card encrypted to an unknown key", detail });
}

export function refuseUnknownPage(): HttpResponse {
  const detail = "`before` must be the `next` of the page before, as it was answered.";
  const errors = [{ pointer: "query/before", detail: "is not the `next` of a page" }];
  return problem(422, { title: "Unknown page", detail, errors });
}

export function answerOrderNotFound(orderId: string): HttpResponse {
  return problem(404, { title: "Order not found", detail: `You have no order ${orderId}. Check the id.` });
}
