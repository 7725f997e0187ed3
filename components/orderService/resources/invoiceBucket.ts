import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createPrivateBucket, tlsOnly } from "../../infrastructure/privateBucket";
import { protectionOf } from "../../infrastructure/protection";
import type { OrderServiceArgs } from "../args";

/** Days during which overwritten or deleted invoices can be restored. */
const OLD_VERSIONS_DAYS = 365;

/**
 * Creates the bucket of invoices, which must not leave their Region: its policy denies replication. Only the Region's own functions read and
 * write it.
 */
export function createInvoiceBucket(name: string, args: OrderServiceArgs, parent: pulumi.Resource): aws.s3.Bucket {
  const protect = args.protectData ?? true;
  const { bucket, ready } = createPrivateBucket(
    `${name}-invoices`,
    {
      bucket: { bucket: args.invoices?.bucketName, forceDestroy: !protect },
      oldVersionsDays: OLD_VERSIONS_DAYS,
      objectsDays: args.invoices?.keepDays,
    },
    { parent, ...protectionOf(protect) },
  );
  new aws.s3.BucketPolicy(
    `${name}-invoices`,
    {
      bucket: bucket.bucket,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          tlsOnly(bucket),
          {
            Sid: "StaysInItsRegion",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:PutReplicationConfiguration",
            Resource: bucket.arn,
          },
        ],
      }),
    },
    // S3 refuses to change two settings of a bucket at once.
    { parent, dependsOn: ready },
  );
  return bucket;
}
