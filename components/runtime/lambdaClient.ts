import { LambdaClient } from "@aws-sdk/client-lambda";
import type { CallLimits } from "./clients";
import { traced } from "./tracing";

// In a file of its own, as each client: esbuild links every module that a function could reach, 240 of a client.

/** Creates a traced Lambda client. */
export function createLambdaClient(limits: CallLimits): LambdaClient {
  return traced(new LambdaClient(limits));
}
