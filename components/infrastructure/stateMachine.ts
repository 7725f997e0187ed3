import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { applyTransform, type Transform } from "../arguments/overrides";
import { STATE_MACHINE_LOGS_AND_TRACES } from "../inlineFunction/actions";
import { accountIdOf, createServiceRole } from "./serviceRole";

export interface StateMachineArgs {
  /** Functions that the definition invokes. */
  functionArns: pulumi.Input<string>[];
  /** Amazon States Language, as JSON. */
  definition: pulumi.Input<string>;
  /** Name of the log group below `/aws/vendedlogs/states/`. */
  logName: pulumi.Input<string>;
  /** Default: 30. */
  logRetentionDays?: number;
  /** Name in AWS, for resources that must know it beforehand. Default: derived from the resource's name. */
  physicalName?: pulumi.Input<string>;
  transform?: Transform<aws.sfn.StateMachineArgs>;
}

/** Creates a standard state machine that logs errors without their data, traces its executions, and may only invoke its functions. */
export function createStateMachine(
  name: string,
  args: StateMachineArgs,
  { parent, dependsOn = [] }: { parent: pulumi.Resource; dependsOn?: pulumi.Resource[] },
): { stateMachine: aws.sfn.StateMachine; log: aws.cloudwatch.LogGroup } {
  const log = new aws.cloudwatch.LogGroup(
    name,
    {
      // Log groups below /aws/vendedlogs/ do not count towards the size limit of the account's log resource policy.
      name: pulumi.interpolate`/aws/vendedlogs/states/${args.logName}`,
      retentionInDays: args.logRetentionDays ?? 30,
    },
    { parent },
  );
  const { role, policy } = createServiceRole(
    name,
    "states.amazonaws.com",
    accountIdOf(parent),
    [
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: args.functionArns },
      // AWS has no resource type for the delivery of vended logs, nor for traces.
      { Effect: "Allow", Action: STATE_MACHINE_LOGS_AND_TRACES, Resource: "*" },
    ],
    parent,
  );
  const stateMachine = new aws.sfn.StateMachine(
    name,
    applyTransform<aws.sfn.StateMachineArgs>(
      {
        name: args.physicalName,
        type: "STANDARD",
        roleArn: role.arn,
        definition: args.definition,
        loggingConfiguration: {
          level: "ERROR",
          includeExecutionData: false,
          logDestination: pulumi.interpolate`${log.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
      },
      args.transform,
    ),
    { parent, dependsOn: [policy, ...dependsOn] },
  );
  return { stateMachine, log };
}
