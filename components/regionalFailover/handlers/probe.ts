import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { type Verdict, verdictOf } from "../../../domain/region";

/** Result of asking a health endpoint or a check function once. */
export interface Probe {
  verdict: Verdict;
  /** For the log: the status, or why there was no answer. */
  said: string;
}

/** Asks a health endpoint once. No answer in time is an answer too: it never throws. */
export async function probe(url: string, timeoutMs: number): Promise<Probe> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      // A redirect is not what a Region answers about its own health; it is not followed.
      redirect: "manual",
      headers: { "user-agent": "stayopen-health" },
    });
    // The connection stays usable only if the answer has been read to its end.
    await response.arrayBuffer();
    return { verdict: verdictOf(response.status), said: String(response.status) };
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: { code?: unknown } };
    return {
      verdict: verdictOf("no answer"),
      said: typeof cause?.code === "string" ? cause.code : `${name}: ${message}`,
    };
  }
}

/**
 * Calls a service's check function once; it answers as a health route does. The call needs no public route, whose throttle
 * strangers could fill. It never throws.
 */
export async function probeFunction(client: LambdaClient, functionArn: string, timeoutMs: number): Promise<Probe> {
  try {
    const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName: functionArn }), {
      abortSignal: AbortSignal.timeout(timeoutMs),
    });
    const text = Buffer.from(Payload ?? []).toString("utf8");
    if (FunctionError !== undefined) return { verdict: "fails", said: `${FunctionError}: ${text.slice(0, 200)}` };
    const status = Number((JSON.parse(text) as { statusCode?: number } | null)?.statusCode ?? 500);
    return { verdict: verdictOf(status), said: String(status) };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { verdict: verdictOf($metadata?.httpStatusCode ?? "no answer"), said: `${name}: ${message}` };
  }
}
