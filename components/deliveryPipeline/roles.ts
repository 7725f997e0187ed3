import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceRole } from "../serviceRole";
import type { DeliveryPipelineArgs } from "./args";
import { deployPolicies, documentOf, VALIDATE_DEFINITION } from "./rights";
import type { Runner } from "./stages";

/** What every stage's role may use. */
export interface Surroundings {
  artifacts: aws.s3.Bucket;
  key: aws.kms.Key;
  logGroups: Record<Runner, aws.cloudwatch.LogGroup>;
  accountId: pulumi.Output<string>;
}

/** Names of roles and buckets that the store's program makes begin so. */
export const STORE_PREFIXES = [
  "stayopen-",
  "auth-",
  "backups-",
  "catalogue-",
  "failover-",
  "orders-",
  "regions-",
  "sight-",
  "site-",
];

/** The role of each runner: building has no right on the store, a preview reads, an update changes. */
export function runnerRoles(
  name: string,
  args: DeliveryPipelineArgs,
  around: Surroundings,
  parent: pulumi.Resource,
): Record<Runner, aws.iam.Role> {
  const role = (runner: Runner, statements: pulumi.Input<object>[]) =>
    serviceRole(
      `${name}-${runner}`,
      "codebuild.amazonaws.com",
      around.accountId,
      [...base(runner, around), ...statements],
      parent,
    ).role;
  const preview = role("preview", [...readState(args), ...LOOK_UPS(around.accountId)]);
  const development = role("development", [...readState(args), ...writeState(args)]);
  const production = role("production", [...readState(args), ...writeState(args), ...bakeAndDrain(around.accountId)]);
  for (const [runner, deploying] of Object.entries({ development, production }))
    mayDeploy(`${name}-${runner}`, args, around, deploying, parent);
  return { build: role("build", []), preview, development, production };
}

/** What handing artifacts on takes: the bucket keeps versions, and a stage is told which one it gets. */
export function artifactRights({ artifacts, key }: Pick<Surroundings, "artifacts" | "key">): pulumi.Input<object>[] {
  return [
    {
      Effect: "Allow",
      Action: ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
      Resource: artifacts.arn,
    },
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      Resource: pulumi.interpolate`${artifacts.arn}/*`,
    },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
      Resource: key.arn,
    },
  ];
}

/** Log and artifacts. */
function base(runner: Runner, around: Surroundings): pulumi.Input<object>[] {
  return [
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${around.logGroups[runner].arn}:*`,
    },
    ...artifactRights(around),
  ];
}

function readState({ state }: DeliveryPipelineArgs): object[] {
  const { bucketArn, secretsKeyArn, token } = state;
  return [
    ...(bucketArn
      ? [
          { Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
          { Effect: "Allow", Action: "s3:GetObject", Resource: pulumi.interpolate`${bucketArn}/.pulumi/*` },
        ]
      : []),
    // Encrypting too: a stack's secrets are written back with each checkpoint.
    ...(secretsKeyArn ? [{ Effect: "Allow", Action: ["kms:Decrypt", "kms:Encrypt"], Resource: secretsKeyArn }] : []),
    ...(token ? [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: token.secretArn }] : []),
  ];
}

function writeState({ state: { bucketArn } }: DeliveryPipelineArgs): object[] {
  if (!bucketArn) return [];
  return [
    {
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:DeleteObject"],
      Resource: pulumi.interpolate`${bucketArn}/.pulumi/*`,
    },
  ];
}

/** What program and provider ask AWS for while nothing but a preview is made. */
const LOOK_UPS = (accountId: pulumi.Input<string>): object[] => [
  {
    Effect: "Allow",
    Action: [
      "dynamodb:DescribeTable",
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTimeToLive",
      "dynamodb:ListTagsOfResource",
    ],
    Resource: pulumi.interpolate`arn:aws:dynamodb:*:${accountId}:table/*`,
  },
  {
    Effect: "Allow",
    Action: ["kms:GetPublicKey", "kms:DescribeKey"],
    Resource: pulumi.interpolate`arn:aws:kms:*:${accountId}:key/*`,
  },
  { Effect: "Allow", Action: VALIDATE_DEFINITION, Resource: "*" },
  // Whether a new version of the engine replaces the domain; unanswered, the provider takes it that none does.
  {
    Effect: "Allow",
    Action: "es:GetCompatibleVersions",
    Resource: pulumi.interpolate`arn:aws:es:*:${accountId}:domain/*`,
  },
];

/** Watching the alarms, and an item of the Regions' table that takes a Region out of traffic. */
const bakeAndDrain = (accountId: pulumi.Input<string>): object[] => [
  // Composite alarms are told to nobody whose permission is narrower, and a bake would see none that is red.
  { Effect: "Allow", Action: "cloudwatch:DescribeAlarms", Resource: "*" },
  {
    Effect: "Allow",
    Action: ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem"],
    Resource: pulumi.interpolate`arn:aws:dynamodb:*:${accountId}:table/regions-state-*`,
  },
];

function mayDeploy(
  name: string,
  { prefixes = STORE_PREFIXES }: DeliveryPipelineArgs,
  { accountId }: Surroundings,
  role: aws.iam.Role,
  parent: pulumi.Resource,
): void {
  // How many documents there are does not hang on the account's number.
  for (const [index] of deployPolicies("000000000000", prefixes).entries()) {
    const policy = new aws.iam.Policy(
      `${name}-${index + 1}`,
      { policy: accountId.apply((account) => documentOf(deployPolicies(account, prefixes)[index]!)) },
      { parent },
    );
    new aws.iam.RolePolicyAttachment(`${name}-${index + 1}`, { role: role.name, policyArn: policy.arn }, { parent });
  }
}
