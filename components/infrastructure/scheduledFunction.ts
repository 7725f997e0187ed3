import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { InlineFunction } from "../inlineFunction";
import { accountIdOf, createServiceRole } from "./serviceRole";

/**
 * Creates a schedule that invokes a function at a fixed interval, under a role that may do nothing else.
 *
 * A failed invocation is not retried, because the next one does the same work.
 *
 * @param minutes whole minutes between two invocations, at least 1.
 */
export function createFunctionSchedule(
  name: string,
  target: Pick<InlineFunction, "arn">,
  minutes: number,
  parent: pulumi.Resource,
): aws.scheduler.Schedule {
  const { role, policy } = createServiceRole(
    name,
    "scheduler.amazonaws.com",
    accountIdOf(parent),
    [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: target.arn }],
    parent,
  );
  return new aws.scheduler.Schedule(
    name,
    {
      scheduleExpression: minutes === 1 ? "rate(1 minute)" : `rate(${minutes} minutes)`,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: target.arn,
        roleArn: role.arn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    },
    { parent, dependsOn: [policy] },
  );
}
