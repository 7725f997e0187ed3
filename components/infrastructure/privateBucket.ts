import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyWithoutTls } from "./tlsOnly";

export interface PrivateBucketArgs {
  /** Arguments of the bucket. A name from `reservedBucketName` is created in the account's own namespace. */
  bucket: aws.s3.BucketArgs;
  /** Days that overwritten and deleted objects are kept. */
  oldVersionsDays: number;
  /** Days after which objects are deleted. Default: they are kept. */
  objectsDays?: number;
}

export interface PrivateBucket {
  bucket: aws.s3.Bucket;
  /** Wait for these before other settings of the bucket: S3 refuses to change two at once. */
  ready: pulumi.Resource[];
}

/** Creates an encrypted, versioned bucket without public access. */
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
      // S3's own keys: a customer-managed key would cost a KMS call for each object read.
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
          // With days, S3 removes delete markers without versions by itself.
          expiration: args.objectsDays === undefined ? { expiredObjectDeleteMarker: true } : { days: args.objectsDays },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    },
    { parent, dependsOn: [versioning] },
  );
  return { bucket, ready: [ownership, publicAccess, encryption, versioning] };
}

/** Returns the statement of a bucket policy that denies requests without TLS. */
export const tlsOnly = (bucket: aws.s3.Bucket) =>
  denyWithoutTls("s3:*", [bucket.arn, pulumi.interpolate`${bucket.arn}/*`]);

const MAX_LENGTH = 63;
const RESERVED = /-\d{12}-[a-z]{2}(-[a-z]+)+-\d-an$/;

/**
 * Returns a bucket name that is known beforehand and that no other account can take: names with this ending belong to the
 * account's own namespace in that Region. Any other name could be taken by another account before the bucket is created,
 * and its readers would deliver that account's objects.
 *
 * @param prefix lower-case letters, digits and hyphens; at most 37 characters with usual Region names.
 * @example
 * reservedBucketName("stayopen-prod-assets", "123456789012", "us-west-2") // stayopen-prod-assets-123456789012-us-west-2-an
 */
export function reservedBucketName(prefix: string, accountId: string, region: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(prefix)) {
    throw new pulumi.RunError(
      `The bucket name's prefix is "${prefix}"; it must consist of lower-case letters, digits and hyphens. Rename the stack or the project.`,
    );
  }
  const name = `${prefix}-${accountId}-${region}-an`;
  if (name.length > MAX_LENGTH) {
    const tooLong = name.length - MAX_LENGTH;
    throw new pulumi.RunError(
      `The bucket name "${name}" has ${name.length} characters. Make the prefix "${prefix}" ${tooLong} shorter.`,
    );
  }
  return name;
}

/** Returns the namespace in which S3 must create a bucket of this name; `undefined` is the global one. */
export function namespaceOf(name: string | undefined): "account-regional" | undefined {
  return name !== undefined && RESERVED.test(name) ? "account-regional" : undefined;
}
