import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface AlarmArgs extends Partial<Omit<aws.cloudwatch.MetricAlarmArgs, "alarmDescription">> {
  /** Sentences for the operator; the runbook's address is appended. */
  description: string;
  /** Page of `docs/runbooks`, without its ending. */
  page: string;
  /** Address in front of the runbook's path. Default: none. */
  runbooks?: string;
  /** Topics that are notified when the alarm goes off and when it ends. Default: none. */
  topics?: aws.cloudwatch.MetricAlarmArgs["alarmActions"];
}

/** Creates an alarm that names its runbook. Default: any datapoint above 0 within one minute; missing data is healthy. */
export function createAlarm(name: string, args: AlarmArgs, parent: pulumi.Resource): aws.cloudwatch.MetricAlarm {
  const { description, page, runbooks, topics, ...rest } = args;
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      alarmActions: topics,
      okActions: topics,
      ...rest,
      alarmDescription: `${description} ${nameRunbook(page, runbooks)}`,
      comparisonOperator: rest.comparisonOperator ?? "GreaterThanThreshold",
      threshold: rest.threshold ?? 0,
      period: rest.metricQueries ? undefined : (rest.period ?? 60),
      evaluationPeriods: rest.evaluationPeriods ?? 1,
      treatMissingData: rest.treatMissingData ?? "notBreaching",
    },
    { parent },
  );
}

/** Returns the sentence that names an alarm's runbook. */
export const nameRunbook = (page: string, base = ""): string => `Runbook: ${base}docs/runbooks/${page}.md`;

/** A CloudWatch metric and its statistic. */
export interface Measured {
  namespace: string;
  metricName: string;
  dimensions: Record<string, pulumi.Input<string>>;
  /** `Sum`, `Maximum`, `p99` … */
  statistic: string;
}

/** Condition of an alarm: `datapoints` of the last `of` periods are beyond the threshold. */
export interface Limit {
  above?: number;
  below?: number;
  /** Seconds: 10, 20, 30 or a multiple of 60. */
  period: number;
  datapoints: number;
  of: number;
  /** Default: `notBreaching`. Use `breaching` where missing data is the failure. */
  missing?: "notBreaching" | "breaching" | "ignore";
}

/** Metrics by id (first letter in lower case) and an expression over them; CloudWatch allows ten metrics per alarm. */
export interface Computed {
  metrics: Record<string, Measured>;
  expression: string;
  label: string;
}

const MOST_METRICS = 10;

/** Creates alarms without actions, which page through composite alarms. Each names its runbook. */
export class AlarmMaker {
  constructor(
    private readonly name: string,
    private readonly parent: pulumi.Resource,
    private readonly runbooks?: string,
  ) {}

  /** Creates an alarm on one metric. */
  on(suffix: string, page: string, description: string, metric: Measured, limit: Limit) {
    const { statistic, ...rest } = metric;
    const percentile = /^p\d/.test(statistic);
    return this.make(suffix, page, description, limit, {
      ...rest,
      period: limit.period,
      ...(percentile ? { extendedStatistic: statistic, evaluateLowSampleCountPercentiles: "ignore" } : { statistic }),
    });
  }

  /** Creates an alarm on an expression over several metrics of the same period. */
  over(suffix: string, page: string, description: string, computed: Computed, limit: Limit) {
    const metrics = Object.entries(computed.metrics);
    if (metrics.length > MOST_METRICS)
      throw new Error(`The alarm ${suffix} has ${metrics.length} metrics; it must have at most ${MOST_METRICS}.`);
    return this.make(suffix, page, description, limit, {
      metricQueries: [
        { id: "result", expression: computed.expression, label: computed.label, returnData: true },
        ...metrics.map(([id, { statistic: stat, ...metric }]) => ({
          id,
          metric: { ...metric, stat, period: limit.period },
        })),
      ],
    });
  }

  private make(
    suffix: string,
    page: string,
    description: string,
    limit: Limit,
    measured: Partial<aws.cloudwatch.MetricAlarmArgs>,
  ): aws.cloudwatch.MetricAlarm {
    return createAlarm(
      `${this.name}-${suffix}`,
      {
        description,
        page,
        runbooks: this.runbooks,
        comparisonOperator: limit.below === undefined ? "GreaterThanThreshold" : "LessThanThreshold",
        threshold: limit.below ?? limit.above,
        evaluationPeriods: limit.of,
        datapointsToAlarm: limit.datapoints,
        treatMissingData: limit.missing,
        ...measured,
      },
      this.parent,
    );
  }
}

/** Splits a list into groups of at most `size`, in order. */
export function groupsOf<T>(all: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let start = 0; start < all.length; start += size) groups.push(all.slice(start, start + size));
  return groups;
}

/** Splits a list into groups that fit one alarm, for sums over many resources. */
export const groupsOfMetrics = <T>(all: readonly T[]): T[][] => groupsOf(all, MOST_METRICS);
