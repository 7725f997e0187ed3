import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Services that send no source account when they assume a role, so that a condition on it would lock them out.
 *
 * S3: the trust policy that AWS documents for live replication has no condition
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html). A bucket of another account
 * can't use the role anyway: `iam:PassRole` works within an account only.
 */
const WITHOUT_SOURCE: readonly string[] = ["s3.amazonaws.com"];

/**
 * Trust policy that lets one service assume a role, on behalf of this account alone (`aws:SourceAccount`).
 *
 * AWS documents the condition for Lambda (https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html), EventBridge
 * Scheduler (…/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html), Step Functions
 * (…/step-functions/latest/dg/procedure-create-iam-role.html), AWS Backup (…/aws-backup/latest/devguide/cross-service-confused-deputy-prevention.html),
 * CodeBuild (…/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html) and CodePipeline
 * (…/codepipeline/latest/userguide/cross-service-confused-deputy-prevention.html). The exceptions are in {@link WITHOUT_SOURCE}.
 */
export function trustPolicy(service: string, accountId: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        ...(!WITHOUT_SOURCE.includes(service) && { Condition: { StringEquals: { "aws:SourceAccount": accountId } } }),
      },
    ],
  });
}

/** ID of the account that a resource is deployed to. */
export const accountIdOf = (parent: pulumi.Resource): pulumi.Output<string> =>
  aws.getCallerIdentityOutput({}, { parent }).accountId;
