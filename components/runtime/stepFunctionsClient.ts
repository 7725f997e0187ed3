import { SFNClient } from "@aws-sdk/client-sfn";
import type { CallLimits } from "./clients";
import { traced } from "./tracing";

/** Creates a traced Step Functions client. */
export function createStepFunctionsClient(limits: CallLimits): SFNClient {
  return traced(new SFNClient(limits));
}
