import type { Price } from "../../../domain/catalogue/product";
import type { OrderRequest } from "../../../domain/order/openapi";
import { ApiError, callSignedIn, isTokenRefused, type Problem } from "../api";

/**
 * An order whose answer never came, as the tab keeps it over a reload. It is sent again under the same key, so that it
 * is one order however often it has to be sent.
 *
 * No card is kept, not even encrypted: after a reload the customer types it again. To the store that is the same request.
 */
export interface OpenAttempt {
  key: string;
  order: Omit<OrderRequest, "payment">;
  /** Only this customer may send it. */
  customerId: string;
}

/** One order that the customer means to place. The card in it is encrypted, and only ever in the page's memory. */
export interface Attempt extends OpenAttempt {
  payment: OrderRequest["payment"];
}

export type Outcome =
  | { kind: "placed"; orderId: string }
  /** The catalogue says another total: nothing was stored. */
  | { kind: "price-changed"; total: Price }
  /** It can't be ordered like this: nothing was stored. */
  | { kind: "refused"; sentence: string; problem: Problem }
  /** Nobody knows whether the order arrived: the same attempt has to be sent again. */
  | { kind: "unknown"; sentence: string };

const KEY = "stayopen.attempt";
const TRIES = 4;

/** An attempt of this customer's that never got an answer. Another customer's, from the same tab, is forgotten. */
export function openAttempt(customerId: string | undefined): OpenAttempt | undefined {
  const kept = sessionStorage.getItem(KEY);
  if (kept === null) return undefined;
  const attempt: OpenAttempt = JSON.parse(kept);
  if (attempt.customerId === customerId) return attempt;
  sessionStorage.removeItem(KEY);
  return undefined;
}

/** Sends the attempt, several times if it must, and forgets it once the store has answered. */
export async function send(attempt: Attempt): Promise<Outcome> {
  const { payment: _payment, ...kept } = attempt;
  sessionStorage.setItem(KEY, JSON.stringify(kept satisfies OpenAttempt));
  const outcome = await sendPatiently(attempt);
  if (outcome.kind !== "unknown") sessionStorage.removeItem(KEY);
  return outcome;
}

async function sendPatiently(attempt: Attempt): Promise<Outcome> {
  for (let tried = 1; ; tried++) {
    try {
      const { orderId } = await callSignedIn<{ orderId: string }>("/api/orders", {
        method: "POST",
        headers: { "idempotency-key": attempt.key },
        body: JSON.stringify({ ...attempt.order, payment: attempt.payment } satisfies OrderRequest),
      });
      return { kind: "placed", orderId };
    } catch (error) {
      const answer = answered(error);
      if (answer) return answer;
      if (tried === TRIES || isTokenRefused(error)) return { kind: "unknown", sentence: messageOf(error) };
      await pause(Math.random() * 500 * 2 ** tried);
    }
  }
}

/** What the store has decided, if it has decided something. */
function answered(error: unknown): Outcome | undefined {
  if (!(error instanceof ApiError) || isTokenRefused(error)) return undefined;
  const { status, problem } = error;
  if (status >= 500 || status === 429 || status === 408) return undefined;
  if (status === 409 && isPrice(problem["total"])) return { kind: "price-changed", total: problem["total"] };
  return { kind: "refused", sentence: error.message, problem };
}

function isPrice(value: unknown): value is Price {
  const price = Object(value) as Partial<Price>;
  return Number.isInteger(price.amount) && typeof price.currency === "string";
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : "The store did not answer.");
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
