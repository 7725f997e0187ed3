import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmMaker } from "./alarmMaker";
import type { ObservabilityArgs } from "./args";
import { tablesOf } from "./causeAlarms";
import { ORDERS_SERVICE, own, REGIONS_SERVICE } from "./metrics";

type Alarm = aws.cloudwatch.MetricAlarm;

/** CloudFront's and Route 53's metrics are there and nowhere else. */
export const GLOBAL_REGION = "us-east-1";

/** Replication later than this is felt by whoever is taken over. ms. */
const REPLICATION_LIMIT_MS = 30_000;

/** Alarms on the Region as a whole and on its peer: one of them is news enough, whatever else it makes red. */
export function regionAlarms(alarms: AlarmMaker, args: ObservabilityArgs, topics: pulumi.Input<string>[]): Alarm[] {
  return [...peerAlarms(alarms, args), ...healthCheckAlarms(alarms, args, topics), ...siteAlarms(alarms, args)];
}

/** Replication that is late is a warning: nothing is lost yet. */
export function replicationAlarms(alarms: AlarmMaker, args: ObservabilityArgs): Alarm[] {
  const { peerRegion } = args;
  if (!peerRegion) return [];
  return Object.entries(tablesOf(args)).map(([what, TableName]) =>
    alarms.on(
      `${what}-replication-late`,
      "replication-late",
      `The table of ${what} reaches ${peerRegion} more than ${REPLICATION_LIMIT_MS / 1_000} s late.`,
      {
        namespace: "AWS/DynamoDB",
        metricName: "ReplicationLatency",
        dimensions: { TableName, ReceivingRegion: peerRegion },
        statistic: "Average",
      },
      { above: REPLICATION_LIMIT_MS, period: 60, datapoints: 5, of: 5 },
    ),
  );
}

/** Certificates that AWS did not renew: it begins 60 days before the end. */
export function certificateAlarms(alarms: AlarmMaker, { certificates = {} }: ObservabilityArgs): Alarm[] {
  return Object.entries(certificates).map(([what, CertificateArn]) =>
    alarms.on(
      `${what}-certificate-ending`,
      "certificate-ending",
      `The certificate of ${what} ends in less than 30 days, and AWS has not renewed it.`,
      {
        namespace: "AWS/CertificateManager",
        metricName: "DaysToExpiry",
        dimensions: { CertificateArn },
        statistic: "Minimum",
      },
      // Told twice a day.
      { below: 30, period: 86_400, datapoints: 1, of: 1 },
    ),
  );
}

function peerAlarms(alarms: AlarmMaker, { peerRegion, watch }: ObservabilityArgs): Alarm[] {
  const silent = watch
    ? [
        alarms.on(
          "watch-silent",
          "watch-silent",
          "This Region's watch has not run for five minutes: it tells nobody that it lives, and sees no peer fall.",
          {
            namespace: "AWS/Lambda",
            metricName: "Invocations",
            dimensions: { FunctionName: watch.name },
            statistic: "Sum",
          },
          { below: 1, period: 60, datapoints: 5, of: 5, missing: "breaching" },
        ),
      ]
    : [];
  if (!peerRegion) return silent;
  return [
    ...silent,
    alarms.on(
      "peer-lost",
      "peer-lost",
      `${peerRegion} counts as lost, seen from here: its heartbeat is stale and its health fails, or somebody drained it.`,
      { ...own("PeerLost", REGIONS_SERVICE), statistic: "Maximum" },
      { above: 0, period: 60, datapoints: 2, of: 2 },
    ),
    alarms.on(
      "takeover-running",
      "takeover-running",
      `Orders of ${peerRegion} are being taken over.`,
      { ...own("OrdersTakenOver", ORDERS_SERVICE), statistic: "Sum" },
      { above: 0, period: 60, datapoints: 1, of: 1 },
    ),
  ];
}

function healthCheckAlarms(
  alarms: AlarmMaker,
  { region, healthCheck }: ObservabilityArgs,
  topics: pulumi.Input<string>[],
): Alarm[] {
  if (!healthCheck) return [];
  const actions = healthCheck.alarmTopics ?? (region === GLOBAL_REGION ? topics : []);
  const alarm = alarms.on(
    "unhealthy",
    "region-unhealthy",
    `Route 53 holds ${region} for unhealthy: its addresses lead elsewhere.`,
    {
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: healthCheck.id },
      statistic: "Minimum",
    },
    { below: 1, period: 60, datapoints: 2, of: 2, missing: "breaching" },
    // Far away it can't be part of this Region's composites: it tells by itself.
    region === GLOBAL_REGION ? {} : { region: GLOBAL_REGION, alarmActions: actions, okActions: actions },
  );
  return region === GLOBAL_REGION ? [alarm] : [];
}

function siteAlarms(alarms: AlarmMaker, { region, distributionId }: ObservabilityArgs): Alarm[] {
  if (!distributionId || region !== GLOBAL_REGION) return [];
  return [
    alarms.on(
      "site-errors",
      "site-errors",
      "One request in twenty to the site is answered with an error of the server's.",
      {
        namespace: "AWS/CloudFront",
        metricName: "5xxErrorRate",
        dimensions: { DistributionId: distributionId, Region: "Global" },
        statistic: "Average",
      },
      { above: 5, period: 60, datapoints: 5, of: 5 },
    ),
  ];
}
