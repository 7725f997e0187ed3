import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { limitCalls } from "./clients";
import { traced } from "./tracing";

/** How long a secret is used before it is read again; a rotated key is in use everywhere after that. */
const KEPT_FOR_MS = 5 * 60_000;

/**
 * A secret kept in Parameter Store, read when first needed and every five minutes.
 *
 * @example
 * const apiKey = secret(setting("PAYMENT_KEY_PARAMETER"));
 * await apiKey();
 */
export function secret(name: string, client = traced(new SSMClient(limitCalls(3, 3_000)))): () => Promise<string> {
  let kept: { value: string; until: number } | undefined;
  return async () => {
    if (kept && Date.now() < kept.until) return kept.value;
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    if (!Parameter?.Value) throw new Error(`The parameter ${name} is empty.`);
    kept = { value: Parameter.Value, until: Date.now() + KEPT_FOR_MS };
    return kept.value;
  };
}
