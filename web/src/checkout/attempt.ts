import type { Price } from "../../../domain/catalogue/product";
import type { OrderRequest } from "../../../domain/order/openapi";
import { ApiError, callSignedIn, isTokenRefused, type Problem } from "../api";

/**
 * One order that the customer means to place. It is kept until the store has answered, and repeated byte for byte under
 * the same key, so that it is one order however often it has to be sent.
 */
export interface Attempt {
  key: string;
  /** The request as JSON. The card in it is encrypted. */
  body: string;
  total: Price;
  /** Whose it is: nobody else may send it. */
  email?: string;
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

export function attemptOf(request: OrderRequest, key: string, email: string | undefined): Attempt {
  return { key, body: JSON.stringify(request), total: request.expectedTotal, email };
}

/** An attempt of this person's that never got an answer: from before a reload, or from a broken connection. */
export function openAttempt(email: string | undefined): Attempt | undefined {
  const kept = sessionStorage.getItem(KEY);
  if (kept === null) return undefined;
  const attempt: Attempt = JSON.parse(kept);
  return attempt.email === email ? attempt : undefined;
}

/** Sends the attempt, several times if it must, and forgets it once the store has answered. */
export async function send(attempt: Attempt): Promise<Outcome> {
  sessionStorage.setItem(KEY, JSON.stringify(attempt));
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
        body: attempt.body,
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
