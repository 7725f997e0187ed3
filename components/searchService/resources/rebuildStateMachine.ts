import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { rebuildIndexWorkflow } from "../../../workflows/rebuildIndex";
import { createStateMachine } from "../../infrastructure/stateMachine";
import type { InlineFunction } from "../../inlineFunction";
import { physicalName } from "../../inlineFunction/physicalName";
import type { SearchServiceArgs } from "../args";
import { INDEXER_TIMEOUT_SECONDS } from "./indexStream";

/** The state machine that rebuilds the index, with its log and role. */
export function createRebuildStateMachine(
  name: string,
  { logRetentionDays }: SearchServiceArgs,
  rebuild: InlineFunction,
  options: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): aws.sfn.StateMachine {
  return createStateMachine(
    `${name}-rebuild`,
    {
      functionArns: [rebuild.arn],
      definition: rebuild.arn.apply((functionArn) =>
        JSON.stringify(rebuildIndexWorkflow({ functionArn, waitBeforeCleaningSeconds: INDEXER_TIMEOUT_SECONDS + 5 })),
      ),
      logName: physicalName(pulumi.getProject(), pulumi.getStack(), `${name}-rebuild`),
      logRetentionDays,
    },
    options,
  ).stateMachine;
}
