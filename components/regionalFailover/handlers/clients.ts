import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { traced, traceFetch } from "../../runtime/tracing";

// Adds requests by `fetch` to the function's trace.
traceFetch();

/** Probes must fail fast: 1 s timeout, one retry. */
const failFast = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_000, throwOnRequestTimeout: true },
} as const;

export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(traced(new DynamoDBClient(failFast)), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

export const createFunctionClient = (): LambdaClient => traced(new LambdaClient(failFast));

export const createWorkflowClient = (): SFNClient => traced(new SFNClient(failFast));

/** Reads an environment variable that the component sets. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`The environment variable ${name} is missing. Deploy the function with RegionalFailover.`);
  return value;
}
