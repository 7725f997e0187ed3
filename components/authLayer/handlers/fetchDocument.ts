import { outgoing } from "../../runtime/outgoing";

/** Size limit; an issuer's JSON documents have a few kilobytes. */
const MAX_DOCUMENT_BYTES = 256 * 1024;

/** Milliseconds for one attempt. Two attempts stay within the authorizer's own time-out. */
const ATTEMPT_TIMEOUT_MS = 2_000;

/** The issuer's documents are unavailable, so a token can't be verified. */
export class IssuerUnavailableError extends Error {
  override readonly name = "IssuerUnavailableError";
}

/**
 * Reads a small document that an issuer publishes: two attempts, each with a time-out, redirects refused.
 */
export async function fetchDocument(url: string, attemptTimeoutMs = ATTEMPT_TIMEOUT_MS): Promise<ArrayBuffer> {
  try {
    return await fetchOnce(url, attemptTimeoutMs);
  } catch {
    // One failed connection is common after a function was frozen; the second failure is reported.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
    return fetchOnce(url, attemptTimeoutMs).catch((error: unknown) => {
      throw new IssuerUnavailableError(`${url} can't be read: ${reasonOf(error)}`, { cause: error });
    });
  }
}

async function fetchOnce(url: string, timeoutMs: number): Promise<ArrayBuffer> {
  const response = await outgoing.fetch(url, {
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(timeoutMs),
    maxBytes: MAX_DOCUMENT_BYTES,
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return await response.arrayBuffer();
}

/** Joins the messages of all causes: `fetch failed` alone gives no reason. */
function reasonOf(error: unknown): string {
  const reasons: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) reasons.push(each.message);
  return reasons.join(": ");
}
