import type * as aws from "@pulumi/aws";
import type { AlarmMaker } from "../../infrastructure/alarm";
import type { ObservabilityArgs } from "../args";
import { replicatedOf } from "./causeAlarms";

type Alarm = aws.cloudwatch.MetricAlarm;

/** CloudFront's metrics are there and nowhere else. */
const GLOBAL_REGION = "us-east-1";

/** Replication later than this is felt by whoever is taken over. ms. */
const REPLICATION_LIMIT_MS = 30_000;

/** Replication that is late is a warning: nothing is lost yet. */
export function createReplicationAlarms(alarms: AlarmMaker, args: ObservabilityArgs): Alarm[] {
  const { peerRegion } = args;
  if (!peerRegion) return [];
  return Object.entries(replicatedOf(args)).map(([what, TableName]) =>
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

/** Alarms on the site's delivery, in the stack and the Region that have it. */
export function createSiteAlarms(alarms: AlarmMaker, { region, distributionId }: ObservabilityArgs): Alarm[] {
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
