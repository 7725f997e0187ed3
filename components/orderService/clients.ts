import { Tracer } from "@aws-lambda-powertools/tracer";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** For every AWS client of the order service: a call that hangs is given up and tried again, three times at most. */
export const patience = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;

/**
 * Ties each call of AWS, and each `fetch` of an outside system, to the function's trace: names, durations and outcomes,
 * never what is sent. Outside Lambda it does nothing.
 */
const tracer = new Tracer({ serviceName: "orders" });

/** A client whose calls show up in the trace of the function that makes them. */
export function traced<Client>(client: Client): Client {
  return tracer.captureAWSv3Client(client);
}

export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(traced(new DynamoDBClient(patience)), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** Calls other functions, asynchronously: an answer says only that Lambda will call them. */
export function functionCaller(): LambdaClient {
  return traced(new LambdaClient(patience));
}

export function stepFunctions(): SFNClient {
  return traced(new SFNClient(patience));
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
