import * as aws from "@pulumi/aws";
import type * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../arguments/checks";
import { applyTransform, type Transform } from "../arguments/overrides";
import { createPrivateBucket, reservedBucketName, tlsOnly } from "../infrastructure/privateBucket";
import { physicalName } from "../inlineFunction/physicalName";

export interface AuditTrailArgs {
  /** This stack's Region. The trail records all Regions. */
  region: string;
  /** Days during which entries cannot be deleted, not even by the account's administrator. Default: 365. */
  lockedDays?: number;
  /** `COMPLIANCE` is irrevocable; `GOVERNANCE` can be bypassed with `s3:BypassGovernanceRetention`. Default: `GOVERNANCE`. */
  lock?: "GOVERNANCE" | "COMPLIANCE";
  /** Days after which entries are deleted; more than they are locked. Default: 400. */
  keptDays?: number;
  /** Overrides for the underlying resources. */
  transform?: { bucket?: Transform<aws.s3.BucketArgs>; trail?: Transform<awsx.cloudtrail.TrailArgs> };
}

const LOCKED_DAYS = 365;
const KEPT_DAYS = 400;

/**
 * Audit trail of the account: one multi-Region CloudTrail trail into a bucket whose objects cannot be changed or deleted
 * for a year. Create it in one stack of an account, the primary.
 *
 * Cost: the first trail's management events are free; storage in S3 costs some cents a month.
 *
 * @example
 * new AuditTrail("audit", { region: "us-east-1" });
 */
export class AuditTrail extends pulumi.ComponentResource {
  /** Name of the bucket that holds the entries. */
  public readonly bucketName: pulumi.Output<string>;
  /** The trail, as awsx creates it. */
  public readonly trail: awsx.cloudtrail.Trail;

  private readonly bucket: aws.s3.Bucket;

  constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:AuditTrail", name, {}, opts);
    const { lockedDays = LOCKED_DAYS, lock = "GOVERNANCE", keptDays = KEPT_DAYS } = args;

    const { accountId } = aws.getCallerIdentityOutput({}, { parent: this });
    const { partition } = aws.getPartitionOutput({}, { parent: this });
    const trailName = physicalName(pulumi.getProject(), pulumi.getStack(), name);
    const trailArn = pulumi.interpolate`arn:${partition}:cloudtrail:${args.region}:${accountId}:trail/${trailName}`;

    const prefix = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`.toLowerCase();
    const { bucket, ready } = createPrivateBucket(
      `${name}-entries`,
      {
        bucket: applyTransform<aws.s3.BucketArgs>(
          {
            bucket: accountId.apply((account) => reservedBucketName(prefix, account, args.region)),
            objectLockEnabled: true,
          },
          args.transform?.bucket,
        ),
        objectsDays: keptDays,
        oldVersionsDays: 1,
      },
      // Locked objects prevent the deletion of the bucket.
      { parent: this, retainOnDelete: true },
    );
    const locked = new aws.s3.BucketObjectLockConfiguration(
      `${name}-entries`,
      { bucket: bucket.bucket, rule: { defaultRetention: { mode: lock, days: lockedDays } } },
      { parent: this, dependsOn: ready },
    );

    // Loaded here, so that a program without a trail does not load awsx.
    const { Trail } = require("@pulumi/awsx/cloudtrail") as typeof awsx.cloudtrail;
    this.trail = new Trail(
      `${name}-trail`,
      applyTransform<awsx.cloudtrail.TrailArgs>(
        {
          name: trailName,
          isMultiRegionTrail: true,
          includeGlobalServiceEvents: true,
          enableLogFileValidation: true,
          // The ARN, because awsx derives a wrong ARN from a name.
          s3Bucket: { existing: { arn: bucket.arn } },
          // Entries are queried with Athena and CloudTrail's event history instead.
          cloudWatchLogsGroup: { enable: false },
        },
        args.transform?.trail,
      ),
      { parent: this, dependsOn: [locked], transforms: [replacePolicy(policyOf(bucket, accountId, trailArn))] },
    );
    this.bucket = bucket;
    this.bucketName = bucket.bucket;
    this.registerOutputs({ bucketName: this.bucketName });
  }

  /** The underlying resources, for settings that the arguments do not cover. */
  public get nodes() {
    const { bucket, trail } = this;
    return { bucket, trail };
  }
}

/**
 * Replaces the bucket policy that awsx creates for existing buckets too: it admits any trail of any account, and does not
 * require TLS. A bucket has one policy, so a second policy resource would conflict with it.
 */
const replacePolicy =
  (policy: pulumi.Output<string>): pulumi.ResourceTransform =>
  ({ type, props, opts }) =>
    type === "aws:s3/bucketPolicy:BucketPolicy" ? { props: { ...props, policy }, opts } : undefined;

function policyOf(bucket: aws.s3.Bucket, accountId: pulumi.Input<string>, trailArn: pulumi.Input<string>) {
  const cloudTrail = { Service: "cloudtrail.amazonaws.com" };
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: cloudTrail,
        Action: "s3:GetBucketAcl",
        Resource: bucket.arn,
        Condition: { StringEquals: { "aws:SourceArn": trailArn } },
      },
      {
        Effect: "Allow",
        Principal: cloudTrail,
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${bucket.arn}/AWSLogs/${accountId}/*`,
        Condition: { StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" } },
      },
      tlsOnly(bucket),
    ],
  });
}

function checkArgs(name: string, { lockedDays = LOCKED_DAYS, keptDays = KEPT_DAYS, lock }: AuditTrailArgs): void {
  const checks = new ArgumentChecks("AuditTrail", name);
  checks.wholeNumber({ lockedDays }, [1]);
  checks.wholeNumber({ keptDays }, [lockedDays + 1], "S3 can't delete entries while they are locked");
  checks.oneOf({ lock }, ["GOVERNANCE", "COMPLIANCE"]);
}
