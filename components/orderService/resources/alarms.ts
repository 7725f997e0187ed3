import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { createAlarm } from "../../infrastructure/alarm";
import { METRICS_SERVICE, type OrderMetric } from "../handlers/metrics";

export interface Watched {
  stateMachine: aws.sfn.StateMachine;
  /** Dead-letter queues; a single message raises the alarm. Each name is also the runbook's. */
  deadLetters: Record<string, aws.sqs.Queue>;
  topicArns: pulumi.Input<string>[];
  /** Of the service's own metrics. */
  metricsNamespace: string;
  runbooks?: string;
}

/** Creates alarms on failures that no retry has repaired. */
export function createOrderAlarms(
  name: string,
  watched: Watched,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  const alarm = (
    suffix: string,
    page: string,
    description: string,
    metric: Pick<aws.cloudwatch.MetricAlarmArgs, "namespace" | "metricName" | "dimensions" | "statistic">,
  ) =>
    createAlarm(
      `${name}-${suffix}`,
      {
        description,
        page,
        runbooks: watched.runbooks,
        topics: watched.topicArns,
        evaluationPeriods: 5,
        datapointsToAlarm: 1,
        ...metric,
      },
      parent,
    );
  const execution = (metricName: string) => ({
    namespace: "AWS/States",
    metricName,
    dimensions: { StateMachineArn: watched.stateMachine.arn },
    statistic: "Sum",
  });
  const own = (metricName: OrderMetric) => ({
    namespace: watched.metricsNamespace,
    metricName,
    dimensions: { service: METRICS_SERVICE },
    statistic: "Sum",
  });
  return [
    alarm(
      "executions-failed",
      "executions-failed",
      "A workflow has failed: its order stays open, and the sweeper starts another one. See the execution's error.",
      execution("ExecutionsFailed"),
    ),
    alarm(
      "executions-timed-out",
      "executions-failed",
      "A workflow has reached its limit; the sweeper starts another one. See why the order is not delivered.",
      execution("ExecutionsTimedOut"),
    ),
    alarm(
      "executions-aborted",
      "executions-failed",
      "A workflow was stopped by hand; the sweeper starts another one.",
      execution("ExecutionsAborted"),
    ),
    alarm(
      "refund-failing",
      "refund-failing",
      "The payment provider does not accept a refund: a customer is owed money. Order or refund stays open, and is retried.",
      own("RefundsFailed"),
    ),
    alarm(
      "parked",
      "orders-parked",
      "Orders were restarted too often without a change of status, and are parked. An operator must act.",
      own("OrdersParked"),
    ),
    alarm(
      "unknown-region",
      "stream-failures",
      "The orders table holds an item of a Region that is neither this one nor its peer; no workflow works on it.",
      own("ItemsOfUnknownRegion"),
    ),
    ...Object.entries(watched.deadLetters).map(([suffix, queue]) =>
      alarm(`${suffix}-not-empty`, suffix, "Messages could not be handled and wait in this queue for an operator.", {
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: queue.name },
        statistic: "Maximum",
      }),
    ),
  ];
}
