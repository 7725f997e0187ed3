import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { limitCalls } from "./clients";
import { traced } from "./tracing";
import { isTransientAwsError } from "./transientError";

/** Cache time of a secret; a rotated key is in use everywhere after it. */
const KEPT_FOR_MS = 5 * 60_000;
/** Time until the next attempt while Parameter Store fails: an attempt may take seconds. */
const RETRIED_AFTER_MS = 30_000;

/**
 * Returns a reader of a secret in Parameter Store, cached for five minutes, and longer while Parameter Store fails.
 *
 * @example
 * const apiKey = secret(setting("PAYMENT_KEY_PARAMETER"));
 * await apiKey();
 */
export function secret(name: string, client = traced(new SSMClient(limitCalls(3, 3_000)))): () => Promise<string> {
  let kept: { value: string; until: number } | undefined;
  return async () => {
    if (kept && Date.now() < kept.until) return kept.value;
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      if (!Parameter?.Value) throw new Error(`The parameter ${name} is empty.`);
      kept = { value: Parameter.Value, until: Date.now() + KEPT_FOR_MS };
    } catch (error) {
      // A missing permission or parameter does not pass, and the earlier value may have been withdrawn with it.
      if (!kept || !isTransientAwsError(error)) throw error;
      kept.until = Date.now() + RETRIED_AFTER_MS;
    }
    return kept.value;
  };
}

const readers = new Map<string, () => Promise<string>>();

/** Reads a secret whose name is known only when it is read. */
export function readSecret(name: string): Promise<string> {
  const reader = readers.get(name) ?? secret(name);
  readers.set(name, reader);
  return reader();
}
