import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { traced, traceFetch } from "../../runtime/tracing";

/** For every AWS client of the order service: a call that hangs is given up and tried again, three times at most. */
export const clientLimits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;

/**
 * For clients that send what can't be taken back. A time-out may follow a successful send, and each retry inside the SDK would
 * send another copy: one attempt, with a time-out longer than any send that still succeeds. The queue or stream retries.
 */
export const sendOnce = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

export { traced };

// Provider calls appear in the function's trace, as AWS calls do by `traced`.
traceFetch();

export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(traced(new DynamoDBClient(clientLimits)), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** Invokes other functions asynchronously: success means only that Lambda has queued the event. */
export function functionCaller(): LambdaClient {
  return traced(new LambdaClient(clientLimits));
}

export function stepFunctions(): SFNClient {
  return traced(new SFNClient(clientLimits));
}

/** A variable that the component has set; without it the function is deployed wrongly, and says so at its start. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `The environment variable ${name} is missing: the function is not deployed as OrderService does it.`,
    );
  return value;
}
