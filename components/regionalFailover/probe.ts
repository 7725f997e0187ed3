/** What a health endpoint said. */
export interface Probe {
  healthy: boolean;
  /** For the log: the status, or why there was no answer. */
  said: string;
}

/** Asks a health endpoint once. No answer in time is an answer too: it never throws. */
export async function probe(url: string, timeoutMs: number): Promise<Probe> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      // A redirect is not what a Region answers about its own health.
      redirect: "error",
      headers: { "user-agent": "stayopen-health" },
    });
    // The connection stays usable only if the answer has been read to its end.
    await response.arrayBuffer();
    return { healthy: response.status === 200, said: String(response.status) };
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: { code?: unknown } };
    return { healthy: false, said: typeof cause?.code === "string" ? cause.code : `${name}: ${message}` };
  }
}
