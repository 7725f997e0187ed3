import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { rebuildIndexWorkflow } from "../../../workflows/rebuildIndex";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import type { InlineFunction } from "../../inlineFunction";
import { STATE_MACHINE_LOGS_AND_TRACES } from "../../inlineFunction/actions";
import { physicalName } from "../../inlineFunction/physicalName";
import type { SearchServiceArgs } from "../args";
import { INDEXER_TIMEOUT_SECONDS } from "./indexStream";

/** The state machine that rebuilds the index, with its log and role. */
export function createRebuildStateMachine(
  name: string,
  { logRetentionDays = 30 }: SearchServiceArgs,
  rebuild: InlineFunction,
  { parent, dependsOn }: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): aws.sfn.StateMachine {
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-rebuild`,
    {
      // Log groups under /aws/vendedlogs/ don't count against the size limit of the account's log resource policy.
      name: `/aws/vendedlogs/states/${physicalName(pulumi.getProject(), pulumi.getStack(), `${name}-rebuild`)}`,
      retentionInDays: logRetentionDays,
    },
    { parent },
  );
  const { role, policy } = createServiceRole(
    `${name}-rebuild`,
    "states.amazonaws.com",
    accountIdOf(parent),
    [
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: rebuild.arn },
      // AWS offers no resource for the delivery of vended logs, nor for traces.
      { Effect: "Allow", Action: STATE_MACHINE_LOGS_AND_TRACES, Resource: "*" },
    ],
    parent,
  );
  return new aws.sfn.StateMachine(
    `${name}-rebuild`,
    {
      type: "STANDARD",
      roleArn: role.arn,
      definition: rebuild.arn.apply((functionArn) =>
        JSON.stringify(rebuildIndexWorkflow({ functionArn, waitBeforeCleaningSeconds: INDEXER_TIMEOUT_SECONDS + 5 })),
      ),
      loggingConfiguration: {
        level: "ERROR",
        includeExecutionData: false,
        logDestination: pulumi.interpolate`${logs.arn}:*`,
      },
      tracingConfiguration: { enabled: true },
    },
    { parent, dependsOn: [policy, ...dependsOn] },
  );
}
