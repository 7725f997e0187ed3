import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { createAlarm } from "../../infrastructure/alarm";
import { GLOBAL_REGION } from "../../infrastructure/globalRegion";
import { metricsNamespace } from "../../infrastructure/metricsNamespace";
import type { RegionalFailoverArgs } from "../args";
import { METRICS_SERVICE, type RegionMetric } from "../handlers/metrics";

/** Creates this Region's alarms on itself and on its peer. Each Region watches the other, because a lost Region cannot raise alarms. */
export function createRegionAlarms(
  name: string,
  {
    peerRegions: [peerRegion] = [],
    alarmTopicArns = [],
    runbooks,
    metricsNamespace: namespace = metricsNamespace(),
  }: RegionalFailoverArgs,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  const alarm = (
    suffix: string,
    metricName: RegionMetric,
    page: string,
    description: string,
    condition: Partial<aws.cloudwatch.MetricAlarmArgs>,
  ) =>
    createAlarm(
      `${name}-${suffix}`,
      {
        description,
        page,
        runbooks,
        topics: alarmTopicArns,
        namespace,
        metricName,
        dimensions: { service: METRICS_SERVICE },
        statistic: "Maximum",
        ...condition,
      },
      parent,
    );
  const own = [
    alarm(
      "heartbeat-missing",
      "HeartbeatsWritten",
      "watch-silent",
      "This Region writes no heartbeat: its watch does not run, or its table of Regions fails. The peer Region takes over if the health check fails too.",
      {
        statistic: "Sum",
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        evaluationPeriods: 3,
        // Without the watch there is no data; that is the failure to detect.
        treatMissingData: "breaching",
      },
    ),
    alarm(
      "health-failing",
      "HealthFailing",
      "region-unhealthy",
      "A service of this Region fails its health check. Requests go to the peer Region meanwhile.",
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
      `${peerRegion} is lost, as seen from this Region: its heartbeat is stale and its health check fails. This Region takes over its open orders.`,
      {},
    ),
    alarm(
      "peer-unhealthy",
      "PeerHealthFailing",
      "peer-lost",
      `The health check of ${peerRegion} fails, as seen from this Region; its heartbeat may still arrive.`,
      { evaluationPeriods: 5, datapointsToAlarm: 5, statistic: "Average", threshold: 0.5 },
    ),
    alarm(
      "takeover-running",
      "TakeoversStarted",
      "takeover-running",
      `This Region is taking over open orders of ${peerRegion}.`,
      {
        statistic: "Sum",
      },
    ),
  ];
}

/** Creates the alarms on the Route 53 health check, whose metrics exist in us-east-1 only, and on certificates. */
export function createDomainAlarms(
  name: string,
  args: RegionalFailoverArgs,
  watched: { healthCheckId: pulumi.Output<string>; certificateArns: Record<string, pulumi.Output<string>> },
  region: pulumi.Output<string>,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  const { alarmTopicArns = [], globalAlarmTopicArns } = args;
  const global = globalAlarmTopicArns ?? region.apply((own) => (own === GLOBAL_REGION ? alarmTopicArns : []));
  const health = createAlarm(
    `${name}-health-check`,
    {
      region: GLOBAL_REGION,
      description: "Route 53 routes no requests to this Region: its health check fails, or an operator has drained it.",
      page: "region-unhealthy",
      runbooks: args.runbooks,
      topics: global,
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: watched.healthCheckId },
      statistic: "Minimum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
    },
    parent,
  );
  const expiries = Object.entries(watched.certificateArns).map(([suffix, certificateArn]) => {
    const viewer = suffix === "viewer";
    const topics = viewer ? global : alarmTopicArns;
    return createAlarm(
      `${name}-${suffix}-certificate-expires`,
      {
        region: viewer ? GLOBAL_REGION : undefined,
        description: "The certificate was not renewed. Check that its validation record still exists.",
        page: "certificate-ending",
        runbooks: args.runbooks,
        topics,
        namespace: "AWS/CertificateManager",
        metricName: "DaysToExpiry",
        dimensions: { CertificateArn: certificateArn },
        statistic: "Minimum",
        comparisonOperator: "LessThanThreshold",
        // ACM renews 60 days before expiry.
        threshold: 30,
        period: 86_400,
      },
      parent,
    );
  });
  return [health, ...expiries];
}
