import { BACKUP_ACTIONS_WITHOUT_RESOURCE, RESTORED_PREFIX } from "../backups/rights";
import { ACTIONS_WITHOUT_RESOURCE, STATE_MACHINE_LOGS_AND_TRACES } from "../inlineFunction/actions";
import type { PolicyStatement } from "./policyStatement";

/** Resources that the deploying role and the store's roles must not change: the stacks' state and the key of their secrets. */
export interface ProtectedResources {
  /** The bucket of the stacks' state. */
  bucketArn?: string;
  /** The key that encrypts the stacks' secrets. */
  secretsKeyArn?: string;
}

/**
 * Permissions boundary of the store's roles: they may work with the data of the store's resources, whatever policy a release gives them.
 * The boundary has no action of IAM or STS, and none that changes code, policies, keys or state, so that a role created by a release can
 * do nothing that the release could not do itself.
 *
 * Actions are patterns, because a boundary allows nothing by itself.
 */
export function boundaryStatements(
  accountId: string,
  prefixes: readonly string[],
  kept: ProtectedResources,
): PolicyStatement[] {
  const named = (service: string, start = "") =>
    prefixes.map((prefix) => `arn:aws:${service}:*:${accountId}:${start}${prefix}*`);
  const any = (service: string, rest = "*") => [`arn:aws:${service}:*:${accountId}:${rest}`];
  const allow = (Action: string[], Resource: string[]): PolicyStatement => ({ Effect: "Allow", Action, Resource });
  const withoutResource = new Set<string>([
    ...Object.keys(ACTIONS_WITHOUT_RESOURCE),
    ...STATE_MACHINE_LOGS_AND_TRACES,
    ...BACKUP_ACTIONS_WITHOUT_RESOURCE,
  ]);
  return [
    allow(
      [
        ...["*GetItem", "*WriteItem", "ConditionCheckItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"],
        ...["Describe*", "GetRecords", "GetShardIterator", "List*", "PartiQL*"],
        ...["CreateBackup", "DeleteBackup", "StartAwsBackupJob", "RestoreTableFrom*"],
      ].map((action) => `dynamodb:${action}`),
      [...named("dynamodb", "table/"), ...any("dynamodb", `table/${RESTORED_PREFIX}*`)],
    ),
    allow(
      [
        ...["AbortMultipartUpload", "DeleteObject*", "Get*", "List*", "PutObject", "PutObjectTagging", "Replicate*"],
        ...["PutBucketNotification", "PutInventoryConfiguration"],
      ].map((action) => `s3:${action}`),
      prefixes.map((prefix) => `arn:aws:s3:::${prefix}*`),
    ),
    allow(
      ["CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "Generate*", "GetPublicKey", "ReEncrypt*"]
        .concat("Sign", "Verify*")
        .map((action) => `kms:${action}`),
      any("kms", "key/*"),
    ),
    allow(["lambda:InvokeFunction"], named("lambda", "function:")),
    allow(["ssm:GetParameter*"], named("ssm", "parameter/")),
    allow(
      ["*Message*", "GetQueue*"].map((action) => `sqs:${action}`),
      named("sqs"),
    ),
    allow(["states:Start*", "states:SendTask*", "states:Describe*", "states:ListExecutions"], any("states")),
    allow(["states:GetExecutionHistory", "states:RedriveExecution", "states:StopExecution"], any("states")),
    allow(["es:ESHttp*"], any("es", "domain/*")),
    allow(["cognito-idp:Admin*", "cognito-idp:Describe*", "cognito-idp:List*"], any("cognito-idp", "userpool/*")),
    allow(["ses:Send*"], any("ses")),
    allow(["events:*Rule", "events:*Targets*"], any("events", "rule/AwsBackupManagedRule*")),
    allow(
      ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:DescribeBackupVault", "backup:TagResource"],
      ["arn:aws:backup:*:*:*"],
    ),
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], any("logs")),
    allow([...withoutResource], ["*"]),
    ...keptStatements(kept),
  ];
}

/**
 * Denies access to the stacks' state and secrets, which the patterns of `deployPolicies` and of the boundary may allow: a bucket may be
 * named like the store's, and keys have no names.
 */
function keptStatements({ bucketArn, secretsKeyArn }: ProtectedResources): PolicyStatement[] {
  return [
    ...(bucketArn ? [deny(["s3:*"], [bucketArn, `${bucketArn}/*`])] : []),
    ...(secretsKeyArn ? [deny(["kms:*"], [secretsKeyArn])] : []),
  ];
}

/** Denies changes to the settings of the state's bucket and of the key. Other statements allow reading and writing the state. */
export function keptSettings({ bucketArn, secretsKeyArn }: ProtectedResources): PolicyStatement[] {
  return [
    ...(bucketArn ? [deny(["s3:DeleteBucket*", "s3:PutBucket*", "s3:Put*Configuration"], [bucketArn])] : []),
    ...(secretsKeyArn
      ? [
          {
            Effect: "Deny" as const,
            NotAction: ["kms:Decrypt", "kms:DescribeKey", "kms:GetPublicKey"],
            Resource: [secretsKeyArn],
          },
        ]
      : []),
  ];
}

const deny = (Action: string[], Resource: string[]): PolicyStatement => ({ Effect: "Deny", Action, Resource });
