import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { traced, traceFetch } from "../../runtime/tracing";

// Each request by `fetch` shows up in the function's trace, too.
traceFetch();

/** For AWS's own services: Cognito waits five seconds for a trigger, so two attempts must fit with time to spare. */
export const clientLimits = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
} as const;

/** For what can wait until the next time: one attempt. */
export const singleAttempt = { ...clientLimits, maxAttempts: 1 } as const;

export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(traced(new DynamoDBClient(clientLimits)), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** A variable that the component has set; without it the function is deployed wrongly, and says so at its start. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`The environment variable ${name} is missing: the function is not deployed as AuthLayer does it.`);
  return value;
}
