import * as pulumi from "@pulumi/pulumi";

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
    allow(
      ["dynamodb:DescribeTable", "dynamodb:CreateBackup", "dynamodb:StartAwsBackupJob", "dynamodb:ListTagsOfResource"],
      tables,
    ),
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
      [
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:RestoreTableFromAwsBackup",
        "dynamodb:RestoreTableFromBackup",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
      ],
      [beside],
    ),
    allow(["dynamodb:RestoreTableFromBackup"], inside(tables, "/backup/*")),
    ...keyStatements(what, ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]),
    ...(buckets.length > 0
      ? [
          allow(
            [
              "s3:GetBucketLocation",
              "s3:GetBucketOwnershipControls",
              "s3:GetBucketVersioning",
              "s3:ListBucket",
              "s3:ListBucketVersions",
            ],
            buckets,
          ),
          allow(
            [
              "s3:DeleteObject",
              "s3:GetObject",
              "s3:GetObjectTagging",
              "s3:GetObjectVersion",
              "s3:ListMultipartUploadParts",
              "s3:PutObject",
              "s3:PutObjectTagging",
            ],
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
      [
        "s3:GetBucketAcl",
        "s3:GetBucketLocation",
        "s3:GetBucketNotification",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetInventoryConfiguration",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:ListTagsForResource",
        "s3:PutBucketNotification",
        "s3:PutInventoryConfiguration",
      ],
      buckets,
    ),
    allow(
      [
        "s3:GetObject",
        "s3:GetObjectAcl",
        "s3:GetObjectTagging",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
      ],
      inside(buckets, "/*"),
    ),
    allow(
      [
        "events:DeleteRule",
        "events:DescribeRule",
        "events:DisableRule",
        "events:EnableRule",
        "events:ListTargetsByRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
      ],
      pulumi.interpolate`arn:aws:events:${region}:${accountId}:rule/AwsBackupManagedRule*`,
    ),
  ];
}
