import * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../infrastructure/functionSettings";
import { countingInto, metricsNamespace } from "../../infrastructure/metricsNamespace";
import { allow, InlineFunction, reference } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { RegionalFailoverArgs } from "../args";
import type { FAILOVER_FUNCTIONS } from "../failoverFunctions";
import { createCheckApi, type Request } from "../handlers/answers";
import { documentClient, setting } from "../handlers/clients";
import { createFunctionClient } from "../handlers/functionClient";
import { createCounter } from "../handlers/metrics";
import { probeFunction } from "../handlers/probe";
import { StateStore } from "../handlers/stateStore";

/** Creates the function that serves the health routes. It is separate, so that calls of public routes cannot use its concurrency. */
export function createHealthApiFunction(
  name: string,
  args: RegionalFailoverArgs,
  parent: pulumi.Resource,
): InlineFunction<Request> {
  const checks = Object.entries(args.services).flatMap(([service, { check }]) =>
    check === undefined ? [] : [{ service, arn: check.arn }],
  );
  return new InlineFunction<Request>(
    `${name}-checks`,
    {
      description: "Reports to Route 53 and the peer Region whether this Region works and whether a Region is drained.",
      environment: {
        STATE_TABLE: args.regions.tableName,
        CHECK_FUNCTIONS: pulumi
          .all(checks.map(({ service, arn }) => pulumi.output(arn).apply((known) => [service, known] as const)))
          .apply((known) => JSON.stringify(Object.fromEntries(known))),
        ...countingInto(args.metricsNamespace ?? metricsNamespace()),
      },
      grants: [
        allow(reference("dynamodb:table", args.regions.tableArn), "dynamodb:Query"),
        ...checks.map(({ arn }) => allow(reference("lambda:function", arn), "lambda:InvokeFunction")),
      ],
      timeoutSeconds: 5,
      ...settingsOf<typeof FAILOVER_FUNCTIONS>(args, "checks"),
      callbackFactory: () => {
        const functions = createFunctionClient();
        return createCheckApi({
          region: setting("AWS_REGION"),
          store: new StateStore(documentClient(), setting("STATE_TABLE")),
          checkFunctions: JSON.parse(setting("CHECK_FUNCTIONS")),
          check: (functionArn, timeoutMs) => probeFunction(functions, functionArn, timeoutMs),
          count: createCounter(),
          log: createLogger("regions"),
          now: Date.now,
        });
      },
    },
    { parent },
  );
}
