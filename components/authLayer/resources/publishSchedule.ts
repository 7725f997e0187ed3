import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { createFunctionSchedule } from "../../infrastructure/scheduledFunction";
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
  createFunctionSchedule(`${name}-publish`, publisher, PUBLISH_EVERY_MINUTES, parent);
  new aws.lambda.Invocation(
    `${name}-publish`,
    { functionName: publisher.name, input: "{}", triggers: { item: issuerItem(customers) } },
    { parent, dependsOn: [publisher] },
  );
}
