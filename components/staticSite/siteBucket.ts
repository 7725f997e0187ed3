import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A bucket that nobody reads directly, and that keeps what was overwritten or deleted for a while. */
export function siteBucket(name: string, args: aws.s3.BucketArgs, parent: pulumi.Resource) {
  const bucket = new aws.s3.Bucket(`${name}-assets`, args, { parent });
  const ownership = new aws.s3.BucketOwnershipControls(
    `${name}-assets`,
    { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
    { parent },
  );
  const publicAccess = new aws.s3.BucketPublicAccessBlock(
    `${name}-assets`,
    {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    { parent },
  );
  const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-assets`,
    {
      bucket: bucket.bucket,
      // S3's own keys: what lies here is sent to everybody, and a customer's key would cost a KMS call for each miss.
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    },
    { parent },
  );
  const versioning = new aws.s3.BucketVersioning(
    `${name}-assets`,
    { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
    { parent },
  );
  new aws.s3.BucketLifecycleConfiguration(
    `${name}-assets`,
    {
      bucket: bucket.bucket,
      rules: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: {},
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    },
    { parent, dependsOn: [versioning] },
  );
  return { bucket, ready: [ownership, publicAccess, encryption, versioning] };
}

/** Lets the distribution read, and nobody else; and nobody at all without TLS. */
export function readableBy(
  name: string,
  distribution: aws.cloudfront.Distribution,
  { bucket, ready }: ReturnType<typeof siteBucket>,
  parent: pulumi.Resource,
) {
  const fromDistribution = { StringEquals: { "AWS:SourceArn": distribution.arn } };
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
            Resource: [pulumi.interpolate`${bucket.arn}/site/*`, pulumi.interpolate`${bucket.arn}/media/*`],
            Condition: fromDistribution,
          },
          {
            // Without it S3 answers 403 instead of 404 for what is missing.
            Sid: "MissingIsNotFound",
            Effect: "Allow",
            Principal: cloudFront,
            Action: "s3:ListBucket",
            Resource: bucket.arn,
            Condition: fromDistribution,
          },
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    },
    // S3 refuses to change two settings of a bucket at once.
    { parent, dependsOn: ready },
  );
}
