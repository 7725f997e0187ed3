import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { traced } from "./tracing";

const TIMEOUT_MS = 3_000;

let client: SSMClient | undefined;
const values = new Map<string, Promise<string>>();

/** Reads a secret parameter, once per cold start; the next call retries a failed read. */
export function readParameter(name: string): Promise<string> {
  let value = values.get(name);
  if (!value) {
    value = fetchParameter(name);
    value.catch(() => values.delete(name));
    values.set(name, value);
  }
  return value;
}

async function fetchParameter(name: string): Promise<string> {
  client ??= traced(new SSMClient({ maxAttempts: 3 }));
  const command = new GetParameterCommand({ Name: name, WithDecryption: true });
  const { Parameter } = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
  if (Parameter?.Value === undefined) throw new Error(`The parameter ${name} has no value.`);
  return Parameter.Value;
}
