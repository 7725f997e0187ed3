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
