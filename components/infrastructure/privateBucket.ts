import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf } from "./bucketName";

export interface PrivateBucketArgs {
  /** Arguments of the bucket itself. A name made by `reservedBucketName` is taken from the account's own namespace. */
  bucket: aws.s3.BucketArgs;
  /** Days that overwritten and deleted objects are kept. */
  oldVersionsDays: number;
  /** Days after which objects are deleted. Default: they are kept for ever. */
  keepDays?: number;
  /** Days after which objects are deleted. Default: they stay. */
  objectsDays?: number;
}

export interface PrivateBucket {
  bucket: aws.s3.Bucket;
  /** Wait for these before other settings of the bucket: S3 refuses to change two at once. */
  ready: pulumi.Resource[];
}

/** A bucket that nobody reads without a signed request, and that keeps what was overwritten or deleted for a while. */
export function createPrivateBucket(
  name: string,
  args: PrivateBucketArgs,
  options: pulumi.CustomResourceOptions,
): PrivateBucket {
  const bucketNamespace = args.bucket.bucketNamespace ?? pulumi.output(args.bucket.bucket).apply(namespaceOf);
  const bucket = new aws.s3.Bucket(name, { ...args.bucket, bucketNamespace }, options);
  const { parent } = options;
  const ownership = new aws.s3.BucketOwnershipControls(
    name,
    { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
    { parent },
  );
  const publicAccess = new aws.s3.BucketPublicAccessBlock(
    name,
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
    name,
    {
      bucket: bucket.bucket,
      // S3's own keys: a customer's key would cost a call of KMS for each object that is read.
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    },
    { parent },
  );
  const versioning = new aws.s3.BucketVersioning(
    name,
    { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
    { parent },
  );
  new aws.s3.BucketLifecycleConfiguration(
    name,
    {
      bucket: bucket.bucket,
      rules: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: {},
          noncurrentVersionExpiration: { noncurrentDays: args.oldVersionsDays },
          expiration: args.objectsDays === undefined ? undefined : { days: args.objectsDays },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        ...(args.keepDays === undefined
          ? []
          : [{ id: "end", status: "Enabled", filter: {}, expiration: { days: args.keepDays } }]),
      ],
    },
    { parent, dependsOn: [versioning] },
  );
  return { bucket, ready: [ownership, publicAccess, encryption, versioning] };
}

/** A statement of the bucket's policy: nobody at all without TLS. */
export function tlsOnly(bucket: aws.s3.Bucket) {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
