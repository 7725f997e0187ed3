import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { createAlarm } from "../../infrastructure/alarm";
import type { InlineFunction } from "../../inlineFunction";

/** The resources that the alarms watch. */
interface Watched {
  indexer: InlineFunction;
  deadLetters: aws.sqs.Queue;
  rebuild: aws.sfn.StateMachine;
  /** Prefix of the runbooks' paths. */
  runbooks?: string;
}

/** Creates alarms for late changes, products that can't be indexed, crashes of the indexer and failed rebuilds. */
export function createSearchAlarms(
  name: string,
  { indexer, deadLetters, rebuild, runbooks }: Watched,
  topics: pulumi.Input<string>[],
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  const alarm = (
    suffix: string,
    page: string,
    description: string,
    metric: Pick<aws.cloudwatch.MetricAlarmArgs, "namespace" | "metricName" | "dimensions" | "statistic" | "threshold">,
    evaluationPeriods: number,
  ) => createAlarm(`${name}-${suffix}`, { description, page, runbooks, topics, ...metric, evaluationPeriods }, parent);
  return [
    alarm(
      "index-late",
      "index-late",
      "Changed products wait more than five minutes to become searchable. Check the OpenSearch domain.",
      {
        namespace: "AWS/Lambda",
        metricName: "IteratorAge",
        dimensions: { FunctionName: indexer.name },
        statistic: "Maximum",
        threshold: 300_000,
      },
      5,
    ),
    alarm(
      "index-errors",
      "index-errors",
      "The indexer fails with unexpected errors. Its log names them.",
      {
        namespace: "AWS/Lambda",
        metricName: "Errors",
        dimensions: { FunctionName: indexer.name },
        statistic: "Sum",
        threshold: 0,
      },
      3,
    ),
    alarm(
      "dead-letters",
      "index-dead-letters",
      "Products can't be indexed. The messages of the dead-letter queue say which and why.",
      {
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: deadLetters.name },
        statistic: "Maximum",
        threshold: 0,
      },
      1,
    ),
    alarm(
      "rebuild-failed",
      "rebuild-failed",
      "A rebuild of the search index failed; searches still read the old index. Start it again; it continues.",
      {
        namespace: "AWS/States",
        metricName: "ExecutionsFailed",
        dimensions: { StateMachineArn: rebuild.arn },
        statistic: "Sum",
        threshold: 0,
      },
      1,
    ),
  ];
}
