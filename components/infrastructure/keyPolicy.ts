import * as pulumi from "@pulumi/pulumi";

/** Actions by which a principal could let itself, or another account, use a key. */
const KEY_CHANGES = ["kms:PutKeyPolicy", "kms:ReplicateKey", "kms:UpdatePrimaryRegion"];

/**
 * Returns the statements by which one role alone changes a key's policy, replicates the key or grants its use: neither administrators nor the
 * deploying role. KMS refuses a policy that locks its author out unless its check is bypassed (`bypassPolicyLockoutSafetyCheck`).
 *
 * @param grants `services` lets AWS services create grants for the resources that they encrypt; `none` refuses these too.
 */
export function changedOnlyBy(breakGlassRoleArn: string, grants: "services" | "none") {
  const others = { ArnNotEquals: { "aws:PrincipalArn": breakGlassRoleArn } };
  const deny = (Sid: string, Action: string[], Condition: object) => ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource: "*",
    Condition,
  });
  if (grants === "none") return [deny("ChangedByBreakGlassOnly", [...KEY_CHANGES, "kms:CreateGrant"], others)];
  return [
    deny("ChangedByBreakGlassOnly", KEY_CHANGES, others),
    // Absent in a call that no service makes: then the statement holds.
    deny("GrantedByServicesOnly", ["kms:CreateGrant"], {
      ...others,
      BoolIfExists: { "kms:GrantIsForAWSResource": "false" },
    }),
  ];
}

/** Returns the statement that lets IAM policies of the account administer a key, but neither use it nor grant its use. */
export const administered = (accountId: pulumi.Input<string>) => ({
  Sid: "AdministerButNeverDecrypt",
  Effect: "Allow",
  Principal: { AWS: rootOf(accountId) },
  Action: ADMINISTRATION,
  Resource: "*",
});

/** The account as a principal: all whom its IAM policies allow. */
export const rootOf = (accountId: pulumi.Input<string>) => pulumi.interpolate`arn:aws:iam::${accountId}:root`;

/** No grants: the creator of a grant could allow themselves to decrypt. */
const ADMINISTRATION = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:Delete*",
  "kms:Describe*",
  "kms:Disable*",
  "kms:Enable*",
  "kms:Get*",
  "kms:List*",
  "kms:Put*",
  "kms:ReplicateKey",
  "kms:Revoke*",
  "kms:ScheduleKeyDeletion",
  // Of AWSServiceRoleForKeyManagementServiceMultiRegionKeys, an IAM role of the account like any other
  // (https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-auth-slr.html).
  "kms:SynchronizeMultiRegionKey",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:Update*",
];
