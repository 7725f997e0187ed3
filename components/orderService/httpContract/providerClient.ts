import { isCustomerUrl } from "../../../domain/order";
import { isLine } from "../../../domain/text";
import { outgoing } from "../../runtime/outgoing";
import { secret } from "../../runtime/secrets";
import { TransientError } from "../../runtime/transientError";
import { setting } from "../handlers/clients";
import { ProviderRefusal } from "../handlers/steps/providerRefusal";

/** Address and credentials of a provider. */
export interface ProviderConnection {
  /** Base URL, without a trailing slash. */
  endpoint: string;
  /** Read when first needed, so that a rotated key needs no deployment. */
  apiKey: () => Promise<string>;
  /** After this many milliseconds without an answer the call counts as unanswered; it may still take effect. */
  timeoutMs: number;
}

export function readConnection(provider: "PAYMENT" | "SHIPPING"): ProviderConnection {
  return {
    endpoint: setting(`${provider}_ENDPOINT`),
    apiKey: secret(setting(`${provider}_KEY_PARAMETER`)),
    timeoutMs: Number(setting(`${provider}_TIMEOUT_MS`)),
  };
}

/**
 * Calls a provider. Its answer is a JSON object with a `status` of `expected`. 429, 5xx, redirects, silence and unknown answers
 * are transient; any other 4xx is a refusal. No request body, and so no card, is ever part of an error.
 */
export async function callProvider<Answer extends { status: string }>(
  { endpoint, apiKey, timeoutMs }: ProviderConnection,
  method: "GET" | "PUT",
  path: string,
  expected: readonly Answer["status"][],
  body?: unknown,
): Promise<Answer> {
  const call = `${method} ${path}`;
  const authorization = `Bearer ${await apiKey()}`;
  let status: number;
  let text: string;
  try {
    const response = await outgoing.fetch(`${endpoint}${path}`, {
      method,
      headers: { authorization, accept: "application/json", ...(body ? { "content-type": "application/json" } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw new TransientError(`${call} was not answered: ${reasonOf(error)}.`);
  }
  const isRedirect = status >= 300 && status < 400;
  if (isRedirect || status === 429 || status >= 500) throw new TransientError(`${call} was answered with ${status}.`);
  const answer = parsed(text);
  if (answer === undefined || !(expected as readonly string[]).includes(answer.status)) {
    const message = `${call} was answered with ${status}${answer ? ` and the status “${answer.status}”` : ""}.`;
    throw status >= 400 ? new ProviderRefusal(message) : new TransientError(message);
  }
  // The status has just been checked; the rest is optional text, and usable.
  return { ...usableTexts(answer), status: answer.status } as Answer;
}

/** More fits neither a text message nor, many times over, the cause of a failed task. */
const MAX_TEXT_CHARACTERS = 200;

/**
 * The texts of an answer that can be stored, passed on and shown, cut to `MAX_TEXT_CHARACTERS`. Others are left out: they are
 * optional, and the table would refuse the order's next status because of them.
 */
function usableTexts(answer: object): Record<string, unknown> {
  const usable: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(answer) as [string, unknown][]) {
    if (name === "card") {
      const { brand, last4 } = usableTexts(Object(value));
      if (brand && last4) usable[name] = { brand, last4 };
    } else if (name === "challengeUrl" || name === "trackingUrl") {
      // A customer follows it, so it is used whole or not at all.
      if (isCustomerUrl(value)) usable[name] = value;
    } else if (typeof value === "string") {
      const text = [...value.normalize("NFC").trim()].slice(0, MAX_TEXT_CHARACTERS).join("");
      if (isLine(text)) usable[name] = text;
    }
  }
  return usable;
}

function parsed(text: string): { status: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const hasStatus = typeof value === "object" && value !== null && "status" in value;
    return hasStatus && typeof value.status === "string" ? { ...value, status: value.status } : undefined;
  } catch {
    return undefined;
  }
}

/** An abandoned call has its time-out as the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return error.cause instanceof Error
    ? reasonOf(error.cause)
    : error.name === "TimeoutError"
      ? "time-out"
      : error.message;
}
