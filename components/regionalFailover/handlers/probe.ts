import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { type Verdict, verdictOf } from "../../../domain/region";
import { outgoing } from "../../runtime/outgoing";

/** Result of one call of a health endpoint or a check function. */
export interface Probe {
  verdict: Verdict;
  /** For the log: the status, or the reason for no response. */
  said: string;
}

/** Probes a health endpoint once. It never throws: no response in time is a result too. */
export async function probe(url: string, timeoutMs: number): Promise<Probe> {
  try {
    const response = await outgoing.fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { "user-agent": "stayopen-health" },
    });
    // The connection is reusable only after the body has been read.
    await response.arrayBuffer();
    return { verdict: verdictOf(response.status), said: String(response.status) };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: unknown };
    return {
      verdict: verdictOf("no answer"),
      said: typeof code === "string" ? code : `${name}: ${message}`,
    };
  }
}

/**
 * Invokes a service's check function once; its result looks like a response of a health route. A direct call avoids a
 * public route, whose throttle others could exhaust. It never throws.
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
