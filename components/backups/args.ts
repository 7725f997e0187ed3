import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../arguments/overrides";

/** When something is backed up, and how long that is kept. */
export interface BackupRule {
  /** A cron expression of six fields in UTC, as AWS Backup takes it: `cron(0 3 * * ? *)`. */
  schedule: string;
  /** Days that the backup is kept. */
  keepDays: number;
}

export interface BackupsArgs {
  /**
   * ARNs of this Region's tables, by what they hold. Not the cards': a verification code may not outlive the authorization,
   * not even encrypted in a backup. What is called `cards` here or in the ARN is refused.
   */
  tables: Record<string, pulumi.Input<string>>;
  /** ARNs of versioned buckets, by what they hold. Default: none. */
  buckets?: Record<string, pulumi.Input<string>>;
  /** Customer-managed keys that the tables are encrypted by. Default: none; AWS's own keys need no permission. */
  tableKeyArns?: pulumi.Input<string>[];
  /**
   * By a name of letters, digits, hyphens and underscores. Point-in-time recovery has each of the last 35 days to the
   * second; backups are for a table that was deleted with its past, and for what is noticed later than that.
   * Default: `BACKUP_RULES`.
   */
  rules?: Record<string, BackupRule>;
  /**
   * Vaults of other accounts or Regions that each backup is copied to. Whoever owns the vault makes it, and lets this
   * account copy into it. The Region needs AWS Backup's advanced features for DynamoDB. Default: none.
   */
  copyTo?: pulumi.Input<string>[];
  /**
   * `governance`: whoever holds `backup:DeleteBackupVaultLockConfiguration` can undo it. `compliance`: three days after it
   * was made nobody can, AWS included, and what is in the vault is paid for until it ends. Default: `governance`.
   */
  lock?: "governance" | "compliance";
  /** Last changes to the arguments of the resources inside. */
  transform?: { vault?: Transform<aws.backup.VaultArgs>; plan?: Transform<aws.backup.PlanArgs> };
}

/** A fortnight of days and a quarter of weeks: a fifth of the storage of ninety days. */
export const BACKUP_RULES: Record<string, BackupRule> = {
  daily: { schedule: "cron(0 3 * * ? *)", keepDays: 14 },
  weekly: { schedule: "cron(0 4 ? * SUN *)", keepDays: 92 },
};
