import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createServiceRole } from "../infrastructure/serviceRole";
import type { DeliveryPipelineArgs } from "./args";
import { environmentRoleArn, runnerRoleName } from "./names";
import { ENVIRONMENTS, type Runner } from "./stages";

/** What every stage's role may use. */
export interface Surroundings {
  artifacts: aws.s3.Bucket;
  key: aws.kms.Key;
  logGroups: Record<Runner, aws.cloudwatch.LogGroup>;
  accountId: pulumi.Output<string>;
}

/** Artifacts that a runner hands on, by the name that CodePipeline stores them under. */
export const HANDS_ON: Partial<Record<Runner, string>> = { build: "built", "production-preview": "planned" };

/**
 * The role of each runner: log, artifacts, and the right to assume the one role that its environment has for its use. Building
 * assumes none.
 */
export function runnerRoles(
  name: string,
  args: DeliveryPipelineArgs,
  around: Surroundings,
  parent: pulumi.Resource,
): Record<Runner, aws.iam.Role> {
  const role = (runner: Runner, statements: pulumi.Input<object>[]) =>
    createServiceRole(
      `${name}-${runner}`,
      "codebuild.amazonaws.com",
      around.accountId,
      [...base(runner, around), ...statements],
      parent,
      runnerRoleName(name, runner),
    ).role;
  const inEnvironments = ENVIRONMENTS.flatMap((environment) => {
    const { accountId, token } = args.environments[environment];
    return (["preview", "deploy"] as const).map((use) => {
      const runner: Runner = `${environment}-${use}`;
      const statements = [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Resource: environmentRoleArn(accountId, name, environment, use),
        },
        ...(token ? [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: token.secretArn }] : []),
      ];
      return [runner, role(runner, statements)] as const;
    });
  });
  return { build: role("build", []), ...Object.fromEntries(inEnvironments) } as Record<Runner, aws.iam.Role>;
}

/**
 * What handing artifacts on takes: the bucket keeps versions, and a stage is given the one it gets.
 *
 * @param written name of the artifact that may be written, at `PIPELINE/ARTIFACT/…`; `*` for all, none without it.
 */
export function artifactRights(
  { artifacts, key }: Pick<Surroundings, "artifacts" | "key">,
  written?: string,
): pulumi.Input<object>[] {
  return [
    {
      Effect: "Allow",
      Action: ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
      Resource: artifacts.arn,
    },
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: pulumi.interpolate`${artifacts.arn}/*`,
    },
    // Or a test's package could replace what production gets after its approval.
    ...(written === undefined
      ? []
      : [{ Effect: "Allow", Action: "s3:PutObject", Resource: pulumi.interpolate`${artifacts.arn}/*/${written}/*` }]),
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
    ...artifactRights(around, HANDS_ON[runner]),
  ];
}
