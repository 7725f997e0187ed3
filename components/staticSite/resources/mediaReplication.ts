import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PrivateBucket } from "../../infrastructure/privateBucket";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import type { MediaReplicationArgs } from "../args";
import { MEDIA } from "./siteBucket";

/** S3 keeps to this, or says which objects are late, where replication time is under control. It allows no other value. */
const PROMISED_MINUTES = 15;

/**
 * Replicates `media/` both ways between this Region's bucket and the other's, deletions included. Nothing else: the
 * build of a Region is its own, so that an older release, or a destroyed stack, never touches the other's pages.
 *
 * S3 replicates what is written from now on. What is there already is brought over by an S3 Batch Replication job.
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
            // Or a changed tag or header of a copy would stay in its Region alone.
            sourceSelectionCriteria: { replicaModifications: { status: "Enabled" } },
            destination: { bucket: to.arn, ...(args.timeControl && inTime) },
          },
        ],
      },
      // S3 wants both buckets versioned; the other one is, since its stack came first.
      { parent, dependsOn: [...ready, policy] },
    );
  return [replicate("out", own, other), replicate("in", other, own)];
}

const inTime = {
  replicationTime: { status: "Enabled", time: { minutes: PROMISED_MINUTES } },
  metrics: { status: "Enabled", eventThreshold: { minutes: PROMISED_MINUTES } },
};

/** One role for both directions: each needs to read one bucket and to write the other. */
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
