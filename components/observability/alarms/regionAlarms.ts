import type * as aws from "@pulumi/aws";
import type { AlarmMaker } from "../../infrastructure/alarm";
import { GLOBAL_REGION } from "../../infrastructure/globalRegion";
import type { ObservabilityArgs } from "../args";
import { replicatedOf } from "./causeAlarms";

type Alarm = aws.cloudwatch.MetricAlarm;

/** Replication delay that affects customers in a takeover. Milliseconds. */
const REPLICATION_LIMIT_MS = 30_000;

/** Creates the alarms on late replication, a warning: nothing is lost yet. */
export function createReplicationAlarms(alarms: AlarmMaker, args: ObservabilityArgs): Alarm[] {
  const pairs = (args.peerRegions ?? []).flatMap((peerRegion) =>
    Object.entries(replicatedOf(args)).map(([what, TableName]) => ({ peerRegion, what, TableName })),
  );
  return pairs.map(({ peerRegion, what, TableName }) =>
    alarms.on(
      `${what}-replication-to-${peerRegion}-late`,
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

/** Creates the alarms on the site's delivery, in the stack and Region that have its metrics. */
export function createSiteAlarms(alarms: AlarmMaker, { region, distributionId }: ObservabilityArgs): Alarm[] {
  if (!distributionId || region !== GLOBAL_REGION) return [];
  return [
    alarms.on(
      "site-errors",
      "site-errors",
      "One request in twenty to the site gets a 5xx response.",
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

/** Share of blocked requests above which an attack runs or customers are blocked, in percent. */
const BLOCKED_LIMIT = 10;
/** Blocked requests in five minutes below which the share means nothing. */
const LEAST_BLOCKED = 100;

/** Creates the alarm on requests that WAF blocks. */
export function createWafAlarms(alarms: AlarmMaker, { webAcl }: ObservabilityArgs): Alarm[] {
  if (!webAcl) return [];
  const requests = (metricName: string) => ({
    namespace: "AWS/WAFV2",
    metricName,
    // Metrics of CloudFront's web ACLs have no dimension `Region`.
    dimensions: { WebACL: webAcl.metricName, Rule: "ALL" },
    statistic: "Sum",
  });
  return [
    alarms.over(
      "requests-blocked",
      "requests-blocked",
      "WAF blocks one request in ten: an attack runs, or a rule blocks customers.",
      {
        metrics: { blocked: requests("BlockedRequests"), allowed: requests("AllowedRequests") },
        expression: `IF(blocked > ${LEAST_BLOCKED}, 100 * blocked / (blocked + FILL(allowed, 0)), 0)`,
        label: "blocked requests, %",
      },
      { above: BLOCKED_LIMIT, period: 300, datapoints: 3, of: 3 },
    ),
  ];
}
