import * as pulumi from "@pulumi/pulumi";
import { actionsOf } from "../inlineFunction/actions";

/** Prefix of restored tables; the restore role can write to no others. */
export const RESTORED_PREFIX = "restored-";

/** Read actions of AWS Backup's managed policies that cannot be limited to resources. */
export const BACKUP_ACTIONS_WITHOUT_RESOURCE = [
  "cloudwatch:GetMetricData",
  "events:ListRules",
  "s3:ListAllMyBuckets",
  "tag:GetResources",
] as const;

/** Resources that are backed up, and the vaults. */
export interface Protected {
  tables: pulumi.Input<string>[];
  buckets: pulumi.Input<string>[];
  tableKeys: pulumi.Input<string>[];
  vault: { arn: pulumi.Input<string> };
  vaultKey: { arn: pulumi.Input<string> };
  copyTo: pulumi.Input<string>[];
  region: pulumi.Input<string>;
  accountId: pulumi.Input<string>;
}

type Statement = pulumi.Input<Record<string, unknown>>;

const allow = (
  Action: readonly string[],
  Resource: pulumi.Input<string> | pulumi.Input<string>[],
  Condition?: object,
): Statement => ({ Effect: "Allow", Action, Resource, ...(Condition && { Condition }) });

const inside = (arns: pulumi.Input<string>[], rest: string) => arns.map((arn) => pulumi.interpolate`${arn}${rest}`);

/**
 * Returns the statements of the backup role: those of AWS's managed policies `AWSBackupServiceRolePolicyForBackup` (v29)
 * and `…ForS3Backup` (v5), limited to these tables and buckets. Even a manually created plan cannot back up the cards
 * with this role.
 */
export function backupStatements(what: Protected): Statement[] {
  const { tables, buckets, copyTo, vault } = what;
  return [
    allow(actionsOf("dynamodb", "DescribeTable CreateBackup StartAwsBackupJob ListTagsOfResource"), tables),
    allow(["dynamodb:DescribeBackup", "dynamodb:DeleteBackup"], inside(tables, "/backup/*")),
    allow(["backup:DescribeBackupVault", "backup:CopyIntoBackupVault"], [vault.arn, ...copyTo]),
    allow(["backup:TagResource"], recoveryPoints(what)),
    ...(copyTo.length > 0
      ? [allow(["backup:CopyFromBackupVault"], [recoveryPoints(what), ...inside(tables, "/backup/*")])]
      : []),
    ...keyStatements(what, ["kms:Decrypt", "kms:GenerateDataKey"]),
    ...(buckets.length > 0 ? bucketStatements(what) : []),
    allow([...BACKUP_ACTIONS_WITHOUT_RESOURCE], "*"),
  ];
}

/**
 * Returns the statements of the restore role: it reads the tables' backups, writes to tables with `RESTORED_PREFIX`, and
 * writes objects into the buckets, whose versioning keeps the overwritten ones.
 */
export function restoreStatements(what: Protected): Statement[] {
  const { tables, buckets, region, accountId } = what;
  const beside = pulumi.interpolate`arn:aws:dynamodb:${region}:${accountId}:table/${RESTORED_PREFIX}*`;
  return [
    allow(
      actionsOf(
        "dynamodb",
        "BatchWriteItem DeleteItem DescribeTable GetItem PutItem Query RestoreTableFromAwsBackup",
        "RestoreTableFromBackup Scan UpdateItem",
      ),
      [beside],
    ),
    allow(["dynamodb:RestoreTableFromBackup"], inside(tables, "/backup/*")),
    ...keyStatements(what, ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]),
    ...(buckets.length > 0
      ? [
          allow(
            actionsOf(
              "s3",
              "GetBucketLocation GetBucketOwnershipControls GetBucketVersioning ListBucket ListBucketVersions",
            ),
            buckets,
          ),
          allow(
            actionsOf(
              "s3",
              "DeleteObject GetObject GetObjectTagging GetObjectVersion ListMultipartUploadParts PutObject",
              "PutObjectTagging",
            ),
            inside(buckets, "/*"),
          ),
        ]
      : []),
  ];
}

const recoveryPoints = ({ region, accountId }: Protected) =>
  pulumi.interpolate`arn:aws:backup:${region}:${accountId}:recovery-point:*`;

function keyStatements({ vaultKey, tableKeys }: Protected, use: string[]): Statement[] {
  const keys = [vaultKey.arn, ...tableKeys];
  return [
    allow([...use, "kms:DescribeKey"], keys),
    allow(["kms:CreateGrant"], keys, { Bool: { "kms:GrantIsForAWSResource": "true" } }),
  ];
}

/** AWS Backup tracks changed objects with its own EventBridge rule, and lists existing ones with an S3 inventory. */
function bucketStatements({ buckets, region, accountId }: Protected): Statement[] {
  return [
    allow(
      actionsOf(
        "s3",
        "GetBucketAcl GetBucketLocation GetBucketNotification GetBucketTagging GetBucketVersioning",
        "GetInventoryConfiguration ListBucket ListBucketVersions ListTagsForResource",
        "PutBucketNotification PutInventoryConfiguration",
      ),
      buckets,
    ),
    allow(
      actionsOf(
        "s3",
        "GetObject GetObjectAcl GetObjectTagging GetObjectVersion GetObjectVersionAcl",
        "GetObjectVersionTagging",
      ),
      inside(buckets, "/*"),
    ),
    allow(
      actionsOf(
        "events",
        "DeleteRule DescribeRule DisableRule EnableRule ListTargetsByRule PutRule PutTargets",
        "RemoveTargets",
      ),
      pulumi.interpolate`arn:aws:events:${region}:${accountId}:rule/AwsBackupManagedRule*`,
    ),
  ];
}
