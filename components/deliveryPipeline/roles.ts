import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createServiceRole } from "../infrastructure/serviceRole";
import type { DeliveryPipelineArgs } from "./args";
import { environmentRoleArn, runnerRoleName } from "./names";
import { ENVIRONMENTS, type Runner } from "./stages";

/** Resources that the runners' roles refer to. */
export interface RoleContext {
  artifacts: aws.s3.Bucket;
  key: aws.kms.Key;
  logGroups: Record<Runner, aws.cloudwatch.LogGroup>;
  accountId: pulumi.Output<string>;
}

/** Output artifact of each runner, by the name that CodePipeline stores it under. */
export const OUTPUT_ARTIFACT: Partial<Record<Runner, string>> = { build: "built", "production-preview": "planned" };

/**
 * Creates the role of each runner: it may write its log, use artifacts, and assume its role in the environment's account. The build
 * assumes none.
 */
export function createRunnerRoles(
  name: string,
  args: DeliveryPipelineArgs,
  around: RoleContext,
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
 * Allows reading artifacts, of which the bucket keeps versions, and writing one of them.
 *
 * @param written name of the artifact that may be written, at `PIPELINE/ARTIFACT/…`; `*` for all. Default: none.
 */
export function artifactStatements(
  { artifacts, key }: Pick<RoleContext, "artifacts" | "key">,
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
    // Otherwise a package in the tests could replace the artifact that production gets after its approval.
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

/** Allows writing the log and using artifacts. */
function base(runner: Runner, around: RoleContext): pulumi.Input<object>[] {
  return [
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${around.logGroups[runner].arn}:*`,
    },
    ...artifactStatements(around, OUTPUT_ARTIFACT[runner]),
  ];
}
