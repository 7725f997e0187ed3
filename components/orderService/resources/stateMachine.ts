import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { orderWorkflow } from "../../../workflows";
import { createStateMachine } from "../../infrastructure/stateMachine";
import type { InlineFunction } from "../../inlineFunction";
import type { OrderServiceArgs } from "../args";
import type { SharedSettings } from "./sharedSettings";

/** Functions that the workflow calls, each with the credentials of only the provider it needs. */
export type StepFunctions = Record<"authorize" | "settle" | "ship", InlineFunction> & { review?: InlineFunction };

/** The state machine, which may call these functions and nothing else. */
export function createOrderStateMachine(
  name: string,
  args: OrderServiceArgs,
  shared: SharedSettings,
  { authorize, settle, ship, review }: StepFunctions,
  parent: pulumi.Resource,
): { stateMachine: aws.sfn.StateMachine; log: aws.cloudwatch.LogGroup } {
  const functions = {
    authorize: authorize.arn,
    settle: settle.arn,
    ship: ship.arn,
    ...(review && { review: review.arn }),
  };
  return createStateMachine(
    `${name}-workflow`,
    {
      functionArns: Object.values(functions),
      definition: pulumi
        .output(functions)
        .apply((arns) => JSON.stringify(orderWorkflow({ functions: arns, waits: shared.waits }))),
      logName: shared.stateMachine.name,
      physicalName: shared.stateMachine.name,
      logRetentionDays: args.logRetentionDays,
      transform: args.transform?.stateMachine,
    },
    { parent },
  );
}
