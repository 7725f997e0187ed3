import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ObservabilityArgs } from "./args";

/** Creates the cost monitor, which publishes to a topic when the account spends unusually much on a service. */
export function createCostMonitor(
  name: string,
  { aboveUsd, existingMonitorArn }: NonNullable<ObservabilityArgs["costAnomaly"]>,
  { topicArn, policy }: { topicArn: pulumi.Input<string>; policy?: aws.sns.TopicPolicy },
  parent: pulumi.Resource,
): void {
  const monitor =
    existingMonitorArn ??
    new aws.costexplorer.AnomalyMonitor(
      `${name}-costs`,
      { monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" },
      { parent },
    ).arn;
  new aws.costexplorer.AnomalySubscription(
    `${name}-costs`,
    {
      frequency: "IMMEDIATE",
      monitorArnLists: [monitor],
      // AWS supports IMMEDIATE only with SNS.
      subscribers: [{ type: "SNS", address: topicArn }],
      thresholdExpression: {
        dimension: {
          key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
          matchOptions: ["GREATER_THAN_OR_EQUAL"],
          values: [String(aboveUsd)],
        },
      },
    },
    // AWS checks on creation that it may publish to the topic.
    { parent, dependsOn: policy },
  );
}
