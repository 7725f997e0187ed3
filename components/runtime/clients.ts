import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { traced } from "./tracing";

/** Part of an SDK client's configuration: attempts, and the time-outs of each. */
export type CallLimits = ReturnType<typeof limitCalls>;

/**
 * Limits the calls of an SDK client: a call that hangs is abandoned and retried.
 *
 * @param maxAttempts attempts per call, the first included.
 * @param requestTimeout milliseconds per attempt; connecting may take 1,000 of them.
 */
export function limitCalls(maxAttempts: number, requestTimeout: number) {
  return {
    maxAttempts,
    requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
  };
}

/** Creates a traced DynamoDB client that takes plain objects and omits their undefined values. */
export function createDocumentClient(limits: CallLimits): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(traced(new DynamoDBClient(limits)), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** Reads an environment variable that the component sets; fails at the cold start without it. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `The environment variable ${name} is missing. Deploy the function by its component, which sets it.`,
    );
  return value;
}
