import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { orderWorkflow } from "../../../workflows";
import { createStateMachine } from "../../infrastructure/stateMachine";
import type { InlineFunction } from "../../inlineFunction";
import type { OrderServiceArgs } from "../args";
import type { SharedSettings } from "./sharedSettings";

/** Functions that the workflow calls, each with the credentials of only the provider it needs. */
export type StepFunctions = Record<"authorize" | "settle" | "ship", InlineFunction>;

/** The state machine, which may call the three functions and nothing else. */
export function createOrderStateMachine(
  name: string,
  args: OrderServiceArgs,
  shared: SharedSettings,
  { authorize, settle, ship }: StepFunctions,
  parent: pulumi.Resource,
): { stateMachine: aws.sfn.StateMachine; log: aws.cloudwatch.LogGroup } {
  return createStateMachine(
    `${name}-workflow`,
    {
      functionArns: [authorize.arn, settle.arn, ship.arn],
      definition: pulumi.all([authorize.arn, settle.arn, ship.arn]).apply(([authorizeArn, settleArn, shipArn]) =>
        JSON.stringify(
          orderWorkflow({
            functions: { authorize: authorizeArn, settle: settleArn, ship: shipArn },
            waits: shared.waits,
          }),
        ),
      ),
      logName: shared.stateMachine.name,
      physicalName: shared.stateMachine.name,
      logRetentionDays: args.logRetentionDays,
      transform: args.transform?.stateMachine,
    },
    { parent },
  );
}
