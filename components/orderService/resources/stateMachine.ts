import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { orderWorkflow } from "../../../workflows";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import { type InlineFunction, STATE_MACHINE_LOGS_AND_TRACES } from "../../inlineFunction";
import { transformed } from "../../inlineFunction/args";
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
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-workflow`,
    // Under /aws/vendedlogs/ it does not eat into the size limit of the account's log resource policy.
    { name: `/aws/vendedlogs/states/${shared.stateMachine.name}`, retentionInDays: args.logRetentionDays ?? 30 },
    { parent },
  );
  const { role, policy } = createServiceRole(
    `${name}-workflow`,
    "states.amazonaws.com",
    accountIdOf(parent),
    [
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: [authorize.arn, settle.arn, ship.arn] },
      // AWS offers no resource for the delivery of vended logs, nor for traces.
      { Effect: "Allow", Action: STATE_MACHINE_LOGS_AND_TRACES, Resource: "*" },
    ],
    parent,
  );
  const stateMachine = new aws.sfn.StateMachine(
    `${name}-workflow`,
    transformed<aws.sfn.StateMachineArgs>(
      {
        name: shared.stateMachine.name,
        type: "STANDARD",
        roleArn: role.arn,
        definition: pulumi.all([authorize.arn, settle.arn, ship.arn]).apply(([authorizeArn, settleArn, shipArn]) =>
          JSON.stringify(
            orderWorkflow({
              functions: { authorize: authorizeArn, settle: settleArn, ship: shipArn },
              waits: shared.waits,
            }),
          ),
        ),
        loggingConfiguration: {
          level: "ERROR",
          includeExecutionData: false,
          logDestination: pulumi.interpolate`${logs.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
      },
      args.transform?.stateMachine,
    ),
    { parent, dependsOn: [policy] },
  );
  return { stateMachine, log: logs };
}
