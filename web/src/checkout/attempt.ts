import type { Price } from "../../../domain/catalogue/product";
import type { OrderRequest } from "../../../domain/order/api/openapi";
import { ApiError, callSignedIn, isTokenRefused } from "../api";
import { basketLines } from "../basket";
import { keepForCustomer, readForCustomer, removeForCustomer } from "../customerData";
import { describeError, regionChoice } from "../publicApi";
import { currentLanguage, text } from "../texts/texts";
import { Doubts } from "./doubts";

/**
 * Order whose answer has not arrived. The tab keeps it over a reload, and a retry uses the same key, so it stays one order.
 * The card is not kept, not even encrypted: after a reload the customer enters it again, and the request is still a retry.
 */
export interface OpenAttempt {
  key: string;
  order: Omit<OrderRequest, "payment">;
  /** Only this customer may send it. */
  customerId: string;
}

/** Order to be sent. Its encrypted card exists in the page's memory only. */
export interface Attempt extends OpenAttempt {
  payment: OrderRequest["payment"];
}

export type Outcome =
  | { kind: "placed"; orderId: string }
  /** The catalogue has another total; nothing was stored. */
  | { kind: "price-changed"; total: Price }
  /** The store refused the order; nothing was stored. */
  | { kind: "refused"; sentence: string }
  /** The order may have arrived: the same attempt must be sent again. */
  | { kind: "unknown" };

const KEPT = "attempt";
const MAX_TRIES = 4;
/** The store may ask for a pause as long as this. A longer one, such as a day's limit, is a refusal. */
const LONGEST_PAUSE_SECONDS = 10;

/** The customer's attempt without an answer. */
export function readOpenAttempt(customerId: string | undefined): OpenAttempt | undefined {
  return readForCustomer(customerId, KEPT);
}

/** Sends the attempt, with retries, and removes it once the store has answered. */
export async function sendOrder(attempt: Attempt): Promise<Outcome> {
  const { payment: _payment, ...kept } = attempt;
  keepForCustomer(attempt.customerId, KEPT, kept satisfies OpenAttempt);
  const outcome = await sendWithRetries(attempt);
  if (outcome.kind !== "unknown") removeForCustomer(KEPT);
  return outcome;
}

async function sendWithRetries(attempt: Attempt): Promise<Outcome> {
  const doubts = new Doubts();
  for (let tries = 1; ; tries++) {
    const region = regionChoice.away;
    try {
      const { orderId } = await callSignedIn<{ orderId: string }>("/api/orders", {
        method: "POST",
        headers: { "idempotency-key": attempt.key, "accept-language": currentLanguage() },
        body: JSON.stringify({ ...attempt.order, payment: attempt.payment } satisfies OrderRequest),
      });
      return { kind: "placed", orderId };
    } catch (error) {
      const isDoubtful = (error instanceof ApiError && error.isAfterFailure) || doubts.concern(regionChoice.away);
      const outcome: Outcome = isDoubtful ? { kind: "unknown" } : toOutcome(error, tries === 1);
      if (outcome.kind === "unknown") doubts.add(region);
      if (outcome.kind !== "unknown" || tries === MAX_TRIES || isTokenRefused(error)) return outcome;
      const pauseMs = 1_000 * Math.min(pauseOf(error), LONGEST_PAUSE_SECONDS);
      await new Promise((resolve) => setTimeout(resolve, pauseMs + Math.random() * 500 * 2 ** tries));
    }
  }
}

const pauseOf = (error: unknown): number => (error instanceof ApiError ? (error.retryAfterSeconds ?? 0) : 0);

/**
 * The store's decision, if the error is one.
 *
 * @param isFirst nothing was sent before that may have been stored.
 */
function toOutcome(error: unknown, isFirst: boolean): Outcome {
  if (!(error instanceof ApiError) || isTokenRefused(error)) return { kind: "unknown" };
  const { status, problem } = error;
  if (isFirst && status === 429 && pauseOf(error) > LONGEST_PAUSE_SECONDS)
    return { kind: "refused", sentence: describeError(error) };
  if (status >= 500 || status === 429 || status === 408) return { kind: "unknown" };
  if (status === 409 && isPrice(problem["total"])) return { kind: "price-changed", total: problem["total"] };
  if (status === 409 && Array.isArray(problem["lines"]))
    return { kind: "refused", sentence: describeShort(problem["lines"]) };
  return { kind: "refused", sentence: describeError(error) };
}

/** Names the lines that too few units are left for, as the basket does. */
function describeShort(lines: { productId: string; left: number }[]): string {
  const names = new Map(basketLines().map(({ productId, name }) => [productId, name]));
  const short = lines.map(({ productId, left }) => {
    const name = names.get(productId) ?? productId;
    return text.checkout.onlyLeft(left, name);
  });
  return `${short.join(" ")} ${text.checkout.changeBasket}`;
}

function isPrice(value: unknown): value is Price {
  const price = Object(value) as Partial<Price>;
  return Number.isInteger(price.amount) && typeof price.currency === "string";
}
