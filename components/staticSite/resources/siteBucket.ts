import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createPrivateBucket, type PrivateBucket, tlsOnly } from "../../infrastructure/privateBucket";
import { protectionOf } from "../../infrastructure/protection";

/** Folder of this Region's build. */
export const SITE = "site/";

/** Folder of files from other sources, replicated between the Regions. */
export const MEDIA = "media/";

const OLD_VERSIONS_DAYS = 30;

/** Creates the bucket of pages and media. */
export function createSiteBucket(
  name: string,
  args: aws.s3.BucketArgs,
  protectData: boolean | undefined,
  parent: pulumi.Resource,
): PrivateBucket {
  return createPrivateBucket(
    `${name}-assets`,
    { bucket: args, oldVersionsDays: OLD_VERSIONS_DAYS },
    { parent, ...protectionOf(protectData) },
  );
}

/** Creates the bucket policy: only the distribution may read, and only with TLS. */
export function readableBy(
  name: string,
  distributionArn: pulumi.Input<string>,
  { bucket, ready }: PrivateBucket,
  parent: pulumi.Resource,
) {
  const fromDistribution = { StringEquals: { "AWS:SourceArn": distributionArn } };
  const cloudFront = { Service: "cloudfront.amazonaws.com" };
  return new aws.s3.BucketPolicy(
    `${name}-assets`,
    {
      bucket: bucket.bucket,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "DistributionReads",
            Effect: "Allow",
            Principal: cloudFront,
            Action: "s3:GetObject",
            Resource: [pulumi.interpolate`${bucket.arn}/${SITE}*`, pulumi.interpolate`${bucket.arn}/${MEDIA}*`],
            Condition: fromDistribution,
          },
          {
            // Without it S3 answers 403 instead of 404 for missing objects.
            Sid: "MissingIsNotFound",
            Effect: "Allow",
            Principal: cloudFront,
            Action: "s3:ListBucket",
            Resource: bucket.arn,
            Condition: fromDistribution,
          },
          tlsOnly(bucket),
        ],
      }),
    },
    // S3 refuses concurrent changes to a bucket's settings.
    { parent, dependsOn: ready },
  );
}
