import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { metricsNamespace } from "../../infrastructure/metricsNamespace";
import { runbook } from "../../infrastructure/runbook";
import type { RegionalFailoverArgs } from "../args";
import { METRICS_SERVICE, type RegionMetric } from "../handlers/metrics";

/** Route 53's metrics exist there alone. */
export const GLOBAL_REGION = "us-east-1";

/** Alarms of this Region, about itself and about its peer: each Region watches the other, since a dead one can't tell. */
export function regionAlarms(
  name: string,
  { peerRegion, alarmTopicArns = [], runbooks, metricsNamespace: namespace = metricsNamespace() }: RegionalFailoverArgs,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  const alarm = (
    suffix: string,
    metricName: RegionMetric,
    page: string,
    description: string,
    condition: Partial<aws.cloudwatch.MetricAlarmArgs>,
  ) =>
    new aws.cloudwatch.MetricAlarm(
      `${name}-${suffix}`,
      {
        alarmDescription: `${description} ${runbook(page, runbooks)}`,
        namespace,
        metricName,
        dimensions: { service: METRICS_SERVICE },
        statistic: "Maximum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        period: 60,
        evaluationPeriods: 1,
        treatMissingData: "notBreaching",
        alarmActions: alarmTopicArns,
        okActions: alarmTopicArns,
        ...condition,
      },
      { parent },
    );
  const own = [
    alarm(
      "heartbeat-missing",
      "HeartbeatsWritten",
      "watch-silent",
      "This Region writes no heartbeat: its watch does not run, or its table of Regions does not work. The other Region takes over if its health fails too.",
      {
        statistic: "Sum",
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        evaluationPeriods: 3,
        // No watch, no numbers: that is what this is about.
        treatMissingData: "breaching",
      },
    ),
    alarm(
      "health-failing",
      "HealthFailing",
      "region-unhealthy",
      "A service of this Region fails its health check. Requests go to the other Region while it lasts.",
      { evaluationPeriods: 5, datapointsToAlarm: 3 },
    ),
  ];
  if (peerRegion === undefined) return own;
  return [
    ...own,
    alarm(
      "peer-lost",
      "PeerLost",
      "peer-lost",
      `${peerRegion} is lost, as seen from here: its heartbeat is stale and its health fails. Its open orders are taken over.`,
      {},
    ),
    alarm(
      "peer-unhealthy",
      "PeerHealthFailing",
      "peer-lost",
      `${peerRegion}'s health fails, as seen from here, while its heartbeat may still come.`,
      { evaluationPeriods: 5, datapointsToAlarm: 5, statistic: "Average", threshold: 0.5 },
    ),
    alarm(
      "takeover-running",
      "TakeoversStarted",
      "takeover-running",
      `Open orders of ${peerRegion} are being taken over.`,
      {
        statistic: "Sum",
      },
    ),
  ];
}

/** Alarms on what AWS has in us-east-1 alone, and on certificates. */
export function domainAlarms(
  name: string,
  args: RegionalFailoverArgs,
  watched: { healthCheckId: pulumi.Output<string>; certificates: Record<string, aws.acm.Certificate> },
  region: pulumi.Output<string>,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  const { alarmTopicArns = [], globalAlarmTopicArns } = args;
  const global = globalAlarmTopicArns ?? region.apply((own) => (own === GLOBAL_REGION ? alarmTopicArns : []));
  const health = new aws.cloudwatch.MetricAlarm(
    `${name}-health-check`,
    {
      region: GLOBAL_REGION,
      alarmDescription: `Route 53 sends nobody to this Region: its health check fails, or an operator has drained it. ${runbook("region-unhealthy", args.runbooks)}`,
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: watched.healthCheckId },
      statistic: "Minimum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      period: 60,
      evaluationPeriods: 1,
      treatMissingData: "breaching",
      alarmActions: global,
      okActions: global,
    },
    { parent },
  );
  const expiries = Object.entries(watched.certificates).map(([suffix, certificate]) => {
    const viewer = suffix === "viewer";
    const topics = viewer ? global : alarmTopicArns;
    return new aws.cloudwatch.MetricAlarm(
      `${name}-${suffix}-certificate-expires`,
      {
        region: viewer ? GLOBAL_REGION : undefined,
        alarmDescription: `The certificate has not renewed itself: see whether its validation record still exists. ${runbook("certificate-ending", args.runbooks)}`,
        namespace: "AWS/CertificateManager",
        metricName: "DaysToExpiry",
        dimensions: { CertificateArn: certificate.arn },
        statistic: "Minimum",
        comparisonOperator: "LessThanThreshold",
        // ACM renews 60 days before the end.
        threshold: 30,
        period: 86_400,
        evaluationPeriods: 1,
        treatMissingData: "notBreaching",
        alarmActions: topics,
        okActions: topics,
      },
      { parent },
    );
  });
  return [health, ...expiries];
}
