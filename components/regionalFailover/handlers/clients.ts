import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { traced, traceFetch } from "../../runtime/tracing";

// Each request by `fetch` shows up in the function's trace, too.
traceFetch();

/** Whoever judges others must not hang himself: a call is given up after a second and tried once more. */
const patience = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_000, throwOnRequestTimeout: true },
} as const;

/** What the functions make once per cold start. */

export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(traced(new DynamoDBClient(patience)), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

export const createFunctionClient = (): LambdaClient => traced(new LambdaClient(patience));

export const createWorkflowClient = (): SFNClient => traced(new SFNClient(patience));

/** A variable that the component has set; without it the function is deployed wrongly, and says so at its start. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is missing: deploy the function by RegionalFailover.`);
  return value;
}
