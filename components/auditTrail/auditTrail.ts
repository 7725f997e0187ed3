import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentChecks } from "../arguments/checks";
import { applyTransform, type Transform } from "../arguments/overrides";
import { createPrivateBucket, reservedBucketName, tlsOnly } from "../infrastructure/privateBucket";
import { physicalName } from "../inlineFunction/physicalName";

/** A table that the store's own functions use so often that their ordinary calls would be most of the trail and of its cost. */
export interface BusyTable {
  arn: pulumi.Input<string>;
  /**
   * Names of roles whose reads and writes of items by key are not recorded. Their scans, statements and other calls are, and every call
   * of every other caller. Name only roles that a service of AWS alone can assume.
   */
  ordinaryRoles: readonly pulumi.Input<string>[];
}

export interface AuditTrailArgs {
  /** This stack's Region. The trail records all Regions. */
  region: string;
  /**
   * ARNs of this Region's tables whose items are watched, by content: each read and write is recorded with its caller, or each but the
   * ordinary ones of some roles. Values of items are not. Default: none; management events only, which include reads of parameters and
   * uses of keys.
   */
  tables?: Record<string, pulumi.Input<string> | BusyTable>;
  /** Regions with replicas of the tables, whose reads and writes are recorded too. Default: none. */
  replicaRegions?: readonly string[];
  /**
   * Buckets whose objects are watched, by content: each read and write is recorded with its caller and address, or only the writes. Of
   * requests by a presigned address, CloudTrail leaves out the signature, which S3's own access logs contain. Default: none.
   */
  buckets?: Record<string, { arn: pulumi.Input<string>; events: "all" | "writes" }>;
  /** Days during which entries cannot be deleted, not even by the account's administrator. Default: 365. */
  lockedDays?: number;
  /** `COMPLIANCE` is irrevocable; `GOVERNANCE` can be bypassed with `s3:BypassGovernanceRetention`. Default: `GOVERNANCE`. */
  lock?: "GOVERNANCE" | "COMPLIANCE";
  /** Days after which entries are deleted; more than they are locked. Default: 400. */
  keptDays?: number;
  /** Leaves the bucket with its entries in AWS when the stack no longer has it. Locked entries stay in either case. Default: true. */
  protectData?: boolean;
  /** Overrides for the underlying resources. */
  transform?: { bucket?: Transform<aws.s3.BucketArgs>; trail?: Transform<aws.cloudtrail.TrailArgs> };
}

const LOCKED_DAYS = 365;
const KEPT_DAYS = 400;

/**
 * Audit trail of the account: one multi-Region CloudTrail trail into a bucket whose objects cannot be changed or deleted
 * for a year. Create it in one stack of an account, the primary.
 *
 * Cost: the first trail's management events are free, a further trail's cost 2 USD per 100,000. Reads and writes of `tables` and `buckets`
 * cost 0.10 USD per 100,000; storage in S3 some cents a month.
 *
 * @example
 * new AuditTrail("audit", {
 *   region: "us-east-1",
 *   tables: {
 *     cards: orders.data.cards.arn,
 *     orders: { arn: orders.data.orders.arn, ordinaryRoles: [orders.functions.submit.role.name] },
 *   },
 *   buckets: { invoices: { arn: orders.invoices.arn, events: "all" } },
 * });
 */
export class AuditTrail extends pulumi.ComponentResource {
  /** Name of the bucket that holds the entries. */
  public readonly bucketName: pulumi.Output<string>;
  /** The trail. */
  public readonly trail: aws.cloudtrail.Trail;

  private readonly bucket: aws.s3.Bucket;

  constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stayopen:index:AuditTrail", name, {}, opts);
    const { lockedDays = LOCKED_DAYS, lock = "GOVERNANCE", keptDays = KEPT_DAYS } = args;
    const { protectData: retainOnDelete = true } = args;

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
      // Locked objects prevent the deletion of the bucket anyway.
      { parent: this, retainOnDelete },
    );
    const locked = new aws.s3.BucketObjectLockConfiguration(
      `${name}-entries`,
      { bucket: bucket.bucket, rule: { defaultRetention: { mode: lock, days: lockedDays } } },
      { parent: this, dependsOn: ready },
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-entries`,
      { bucket: bucket.bucket, policy: policyOf(bucket, accountId, trailArn) },
      // The bucket stays, and so do its refusals.
      { parent: this, dependsOn: ready, retainOnDelete },
    );

    this.trail = new aws.cloudtrail.Trail(
      `${name}-trail`,
      applyTransform<aws.cloudtrail.TrailArgs>(
        {
          name: trailName,
          isMultiRegionTrail: true,
          includeGlobalServiceEvents: true,
          enableLogFileValidation: true,
          s3BucketName: bucket.bucket,
          advancedEventSelectors: eventSelectors(args, accountId),
        },
        args.transform?.trail,
      ),
      // CloudTrail tries the policy when the trail is created.
      { parent: this, dependsOn: [locked, policy] },
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

/** Selects management events, reads included, the reads and writes of the tables in each of their Regions, and those of objects. */
function eventSelectors(
  { tables = {}, replicaRegions = [], buckets = {} }: AuditTrailArgs,
  accountId: pulumi.Output<string>,
) {
  const management = { name: "management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] };
  const inEachRegion = (arn: pulumi.Input<string>) => [
    pulumi.output(arn),
    ...replicaRegions.map((region) => arnIn(arn, region)),
  ];
  const arns = Object.values(tables).flatMap((table) => (isBusy(table) ? [] : inEachRegion(table)));
  const busy = Object.entries(tables).flatMap(([name, table]) => (isBusy(table) ? [{ name, ...table }] : []));
  const objectsOf = (wanted: "all" | "writes") =>
    Object.values(buckets)
      .filter(({ events }) => events === wanted)
      .map(({ arn }) => pulumi.interpolate`${arn}/`);
  const [objects, writtenObjects] = [objectsOf("all"), objectsOf("writes")];
  return [
    management,
    ...(arns.length > 0 ? [dataEvents("tables", "AWS::DynamoDB::Table", { equals: arns })] : []),
    ...busy.flatMap(({ name, arn, ordinaryRoles }) => {
      const sessions = ordinaryRoles.map((role) => pulumi.interpolate`arn:aws:sts::${accountId}:assumed-role/${role}/`);
      const equals = inEachRegion(arn);
      // An event is recorded if any of the selectors has it.
      return [
        dataEvents(
          `${name}-by-other-callers`,
          "AWS::DynamoDB::Table",
          { equals },
          {
            field: "userIdentity.arn",
            notStartsWiths: sessions,
          },
        ),
        dataEvents(
          `${name}-by-other-calls`,
          "AWS::DynamoDB::Table",
          { equals },
          {
            field: "eventName",
            notEquals: [...ORDINARY_CALLS],
          },
        ),
      ];
    }),
    ...(objects.length > 0 ? [dataEvents("objects", "AWS::S3::Object", { startsWiths: objects })] : []),
    ...(writtenObjects.length > 0
      ? [dataEvents("written-objects", "AWS::S3::Object", { startsWiths: writtenObjects }, WRITES)]
      : []),
  ];
}

function isBusy(table: pulumi.Input<string> | BusyTable): table is BusyTable {
  return typeof table === "object" && !pulumi.Output.isInstance(table) && !(table instanceof Promise);
}

/** Calls of items by key. */
const ORDINARY_CALLS = [
  "GetItem",
  "BatchGetItem",
  "Query",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "TransactWriteItems",
] as const;

const WRITES = { field: "readOnly", equals: ["false"] };

/** Selects data events of the resources whose ARN matches. */
function dataEvents(
  name: string,
  type: string,
  arns: { equals: pulumi.Output<string>[] } | { startsWiths: pulumi.Output<string>[] },
  ...more: aws.types.input.cloudtrail.TrailAdvancedEventSelectorFieldSelector[]
) {
  return {
    name,
    fieldSelectors: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: [type] },
      { field: "resources.ARN", ...arns },
      ...more,
    ],
  };
}

/** `arn:aws:dynamodb:us-east-1:123456789012:table/orders` → the same table in another Region. */
const arnIn = (arn: pulumi.Input<string>, region: string): pulumi.Output<string> =>
  pulumi.output(arn).apply((known) => known.split(":").with(3, region).join(":"));

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

function checkArgs(name: string, args: AuditTrailArgs): void {
  const { lockedDays = LOCKED_DAYS, keptDays = KEPT_DAYS, lock, tables, buckets, region, replicaRegions = [] } = args;
  const checks = new ArgumentChecks("AuditTrail", name);
  checks.notEmpty({ tables }, "name a table, such as { orders: table.arn }, or be left out");
  checks.notEmpty(
    { buckets },
    'name a bucket, such as { invoices: { arn: bucket.arn, events: "all" } }, or be left out',
  );
  for (const [bucket, { events }] of Object.entries(buckets ?? {})) {
    checks.oneOf({ [`buckets["${bucket}"].events`]: events }, ["all", "writes"]);
  }
  if (replicaRegions.includes(region)) {
    throw checks.violation("replicaRegions", `has this Region, ${region}`, "name other Regions only");
  }
  for (const [table, watched] of Object.entries(tables ?? {})) {
    if (isBusy(watched))
      checks.notEmpty({ [`tables["${table}"].ordinaryRoles`]: watched.ordinaryRoles }, "name a role");
  }
  checks.wholeNumber({ lockedDays }, [1]);
  checks.wholeNumber({ keptDays }, [lockedDays + 1], "S3 can't delete entries while they are locked");
  checks.oneOf({ lock }, ["GOVERNANCE", "COMPLIANCE"]);
}
