import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ObservabilityArgs } from "./args";

/** Tells a topic at once when the account spends more on a service than it usually does. */
export function createCostMonitor(
  name: string,
  { aboveUsd, monitorArn }: NonNullable<ObservabilityArgs["costAnomaly"]>,
  { topicArn, policy }: { topicArn: pulumi.Input<string>; policy?: aws.sns.TopicPolicy },
  parent: pulumi.Resource,
): void {
  const monitor =
    monitorArn ??
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
      // Told at once only through a topic.
      subscribers: [{ type: "SNS", address: topicArn }],
      thresholdExpression: {
        dimension: {
          key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
          matchOptions: ["GREATER_THAN_OR_EQUAL"],
          values: [String(aboveUsd)],
        },
      },
    },
    // AWS asks at once whether it may tell the topic.
    { parent, dependsOn: policy },
  );
}
