import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PrivateBucket } from "../../infrastructure/privateBucket";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import type { MediaReplicationArgs } from "../args";
import { MEDIA } from "./siteBucket";

/** Limit of S3 Replication Time Control, which allows no other value; S3 reports later objects. */
const TIME_CONTROL_MINUTES = 15;

/**
 * Replicates `media/` both ways between the buckets of two Regions, deletions included. Builds are not replicated, so that an
 * older release or a destroyed stack does not affect the peer's pages.
 *
 * S3 replicates only later writes. Copy existing objects with an S3 Batch Replication job.
 */
export function createMediaReplication(
  name: string,
  args: MediaReplicationArgs,
  { bucket, ready }: PrivateBucket,
  parent: pulumi.Resource,
): aws.s3.BucketReplicationConfig[] {
  const own = { name: bucket.bucket, arn: bucket.arn, region: undefined };
  const other = {
    name: pulumi.output(args.bucketName),
    arn: pulumi.interpolate`arn:aws:s3:::${args.bucketName}`,
    region: args.region,
  };
  const { role, policy } = replicationRole(name, [own.arn, other.arn], parent);
  const replicate = (suffix: string, from: typeof own | typeof other, to: typeof own | typeof other) =>
    new aws.s3.BucketReplicationConfig(
      `${name}-media-${suffix}`,
      {
        region: from.region,
        bucket: from.name,
        role: role.arn,
        rules: [
          {
            id: "media",
            status: "Enabled",
            priority: 0,
            filter: { prefix: MEDIA },
            deleteMarkerReplication: { status: "Enabled" },
            // Without it changed tags or headers of a replica would not be replicated.
            sourceSelectionCriteria: { replicaModifications: { status: "Enabled" } },
            destination: { bucket: to.arn, ...(args.timeControl && inTime) },
          },
        ],
      },
      // S3 requires versioning of both buckets; the peer's stack, deployed first, has enabled it.
      { parent, dependsOn: [...ready, policy] },
    );
  return [replicate("out", own, other), replicate("in", other, own)];
}

const inTime = {
  replicationTime: { status: "Enabled", time: { minutes: TIME_CONTROL_MINUTES } },
  metrics: { status: "Enabled", eventThreshold: { minutes: TIME_CONTROL_MINUTES } },
};

/** Creates one role for both directions: each reads one bucket and writes to the other. */
function replicationRole(name: string, bucketArns: pulumi.Output<string>[], parent: pulumi.Resource) {
  const { role, policy } = createServiceRole(
    `${name}-media`,
    "s3.amazonaws.com",
    accountIdOf(parent),
    [
      {
        Effect: "Allow",
        Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        Resource: bucketArns,
      },
      {
        Effect: "Allow",
        Action: [
          "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionAcl",
          "s3:GetObjectVersionTagging",
          "s3:ReplicateObject",
          "s3:ReplicateDelete",
          "s3:ReplicateTags",
        ],
        Resource: bucketArns.map((arn) => pulumi.interpolate`${arn}/${MEDIA}*`),
      },
    ],
    parent,
  );
  return { role, policy };
}
