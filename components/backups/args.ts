import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../arguments/overrides";

/** Schedule and retention of backups. */
export interface BackupRule {
  /** AWS Backup cron expression of six fields, in UTC: `cron(0 3 * * ? *)`. */
  schedule: string;
  /** Days that the backup is kept. */
  keepDays: number;
}

export interface BackupsArgs {
  /**
   * ARNs of this Region's tables, by content. A table named `cards`, here or in its ARN, is refused: a verification code may
   * not outlive the authorization, not even encrypted in a backup.
   */
  tables: Record<string, pulumi.Input<string>>;
  /** ARNs of versioned buckets, by content. Default: none. */
  buckets?: Record<string, pulumi.Input<string>>;
  /** ARNs of the tables' customer-managed keys. Default: none; AWS's own keys need no permission. */
  tableKeyArns?: pulumi.Input<string>[];
  /**
   * Rules by name, of letters, digits, hyphens and underscores. Point-in-time recovery covers each second of the last 35
   * days; backups cover deleted tables and damage that is discovered later.
   * Default: `BACKUP_RULES`.
   */
  rules?: Record<string, BackupRule>;
  /**
   * ARNs of vaults in other accounts or Regions to which each backup is copied. They must exist and admit copies from this
   * account. The Region needs AWS Backup's advanced features for DynamoDB. Default: none.
   */
  copyTo?: pulumi.Input<string>[];
  /**
   * `governance`: removable with `backup:DeleteBackupVaultLockConfiguration`. `compliance`: irrevocable three days after its
   * creation, for AWS too, so that backups are charged for until they expire. Default: `governance`.
   */
  lock?: "governance" | "compliance";
  /** Leaves the vault with its backups and their key in AWS when the stack no longer has them. Default: true. */
  protectData?: boolean;
  /** Overrides for the underlying resources. */
  transform?: { vault?: Transform<aws.backup.VaultArgs>; plan?: Transform<aws.backup.PlanArgs> };
}

/** Daily backups for two weeks, weekly ones for a quarter: a fifth of the storage of 90 daily backups. */
export const BACKUP_RULES: Record<string, BackupRule> = {
  daily: { schedule: "cron(0 3 * * ? *)", keepDays: 14 },
  weekly: { schedule: "cron(0 4 ? * SUN *)", keepDays: 92 },
};
