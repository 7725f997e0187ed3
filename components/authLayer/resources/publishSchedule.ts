import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import type { InlineFunction } from "../../inlineFunction";
import { type Customers, issuerItem } from "./userPool";

/** Minutes between two publications: the longest time for which the peer Regions don't know a new key. */
const PUBLISH_EVERY_MINUTES = 15;

/** Runs the publisher when the issuer changes, and on a schedule, since a pool's keys may change. */
export function schedulePublisher(
  name: string,
  publisher: InlineFunction,
  customers: Customers,
  parent: pulumi.Resource,
): void {
  const { role, policy } = createServiceRole(
    `${name}-publish`,
    "scheduler.amazonaws.com",
    accountIdOf(parent),
    [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: publisher.arn }],
    parent,
  );
  new aws.scheduler.Schedule(
    `${name}-publish`,
    {
      scheduleExpression: `rate(${PUBLISH_EVERY_MINUTES} minutes)`,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: publisher.arn,
        roleArn: role.arn,
        // The next run does the same.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    },
    { parent, dependsOn: [policy] },
  );
  new aws.lambda.Invocation(
    `${name}-publish`,
    { functionName: publisher.name, input: "{}", triggers: { item: issuerItem(customers) } },
    { parent, dependsOn: [publisher] },
  );
}
