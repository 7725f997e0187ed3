import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmMaker, Measured } from "../../infrastructure/alarm";
import type { ObservabilityArgs } from "../args";

/** Creates the alarms on failed and missing backups. */
export function createBackupAlarms(alarms: AlarmMaker, { backups }: ObservabilityArgs): aws.cloudwatch.MetricAlarm[] {
  if (!backups) return [];
  const day = 86_400;
  return [
    alarms.over(
      "backups-failed",
      "backups-missing",
      "A backup has failed, was stopped, or did not begin in time.",
      {
        metrics: {
          failed: jobs("Failed", backups.vaultName),
          aborted: jobs("Aborted", backups.vaultName),
          expired: jobs("Expired", backups.vaultName),
        },
        expression: "FILL(failed, 0) + FILL(aborted, 0) + FILL(expired, 0)",
        label: "backups that failed",
      },
      { above: 0, period: 3_600, datapoints: 1, of: 24 },
    ),
    alarms.on(
      "backups-missing",
      "backups-missing",
      "No backup was made for two days. A plan that does not run reports no failure.",
      jobs("Completed", backups.vaultName),
      { below: 1, period: day, datapoints: 2, of: 2, missing: "breaching" },
    ),
  ];
}

const jobs = (ended: string, BackupVaultName: pulumi.Input<string>): Measured => ({
  namespace: "AWS/Backup",
  metricName: `NumberOfBackupJobs${ended}`,
  dimensions: { BackupVaultName },
  statistic: "Sum",
});
