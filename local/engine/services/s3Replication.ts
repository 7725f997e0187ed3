import { type ReplicationRule, S3 } from "@aws-sdk/client-s3";
import {
  type DeployContext,
  type Inputs,
  type Made,
  optionalRecord,
  optionalText,
  records,
  type ServiceHandlers,
  text,
} from "../handler";
import { checkArn, checkOneOf, checkRange } from "../rules";

/**
 * Replication rules of buckets. The emulator of the source's Region gets them; its journal passes object versions for another
 * Region's bucket to local/aws/replication.
 */
export const s3Replication: ServiceHandlers = {
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": {
    required: ["bucket", "role", "rules"],
    check: checkReplication,
    create: async ({ inputs }, context) => await replicated(inputs, context),
    update: async ({ inputs }, _earlier, context) => await replicated(inputs, context),
    async remove() {},
  },
};

function checkReplication(inputs: Inputs): string[] {
  const rules = records(inputs, "rules");
  const faults = checkArn(inputs, "role");
  if (rules.length === 0) faults.push("A replication needs at least one rule.");
  const priorities = rules.map((rule) => rule["priority"]).filter((priority) => priority !== undefined);
  if (new Set(priorities).size !== priorities.length) faults.push("Two rules have the same priority.");
  for (const rule of rules) {
    const name = `The rule ${String(rule["id"] ?? "without an id")}`;
    faults.push(
      ...checkOneOf(rule, "status", ["Enabled", "Disabled"]),
      ...checkRange(rule, "priority", 0, 2_147_483_647),
    );
    if (rule["status"] === undefined) faults.push(`${name} needs its status.`);
    if (String(rule["id"] ?? "").length > 255) faults.push(`${name} has an id of more than 255 characters.`);
    const filter = optionalRecord(rule, "filter");
    if (filter && rule["prefix"] !== undefined)
      faults.push(`${name} has a filter and a prefix: only one can be given.`);
    if (filter && !optionalRecord(rule, "deleteMarkerReplication")) {
      faults.push(`${name} has a filter but no deleteMarkerReplication; set it to Enabled or Disabled.`);
    }
    if (filter?.["tag"] && optionalRecord(rule, "deleteMarkerReplication")?.["status"] === "Enabled") {
      faults.push(`${name} filters by a tag, where delete markers cannot be replicated.`);
    }
    if (!/^arn:aws:s3:::[a-z0-9.-]+$/.test(String(optionalRecord(rule, "destination")?.["bucket"]))) {
      faults.push(`${name} needs the ARN of a bucket for its destination.`);
    }
    const time = optionalRecord(optionalRecord(rule, "destination") ?? {}, "replicationTime");
    if (time && !optionalRecord(rule, "destination")?.["metrics"])
      faults.push(`${name} has replicationTime without metrics.`);
  }
  return faults;
}

/** Checks that source and destination keep versions, as S3 requires. */
async function replicated(inputs: Inputs, context: DeployContext): Promise<Made> {
  const bucket = text(inputs, "bucket");
  await mustKeepVersions(bucket, context);
  const buckets = context.resources("aws:s3/bucket:Bucket");
  for (const rule of records(inputs, "rules")) {
    const target = text(optionalRecord(rule, "destination") ?? {}, "bucket").replace("arn:aws:s3:::", "");
    if (target === bucket) throw new Error(`replicates the bucket ${bucket} into itself.`);
    const found = buckets.find(({ id }) => id === target);
    const region = found && optionalText(found.outputs, "region");
    const there = region === undefined ? undefined : context.inRegion(region);
    if (!there) throw new Error(`replicates to the bucket ${target}, which no stack of this run has created.`);
    await mustKeepVersions(target, there);
  }
  const ReplicationConfiguration = { Role: text(inputs, "role"), Rules: records(inputs, "rules").map(ruleOf) };
  await context.client(S3).putBucketReplication({ Bucket: bucket, ReplicationConfiguration });
  return { id: bucket };
}

/** Converts the rules for the emulator; time control and metrics are not emulated. */
function ruleOf(rule: Inputs): ReplicationRule {
  const status = (part: string) => {
    const given = optionalRecord(rule, part);
    return given && { Status: text(given, "status") as "Enabled" | "Disabled" };
  };
  return {
    ID: optionalText(rule, "id"),
    Priority: Number(rule["priority"] ?? 0),
    Status: text(rule, "status") as "Enabled" | "Disabled",
    Filter: { Prefix: optionalText(optionalRecord(rule, "filter") ?? {}, "prefix") ?? "" },
    DeleteMarkerReplication: status("deleteMarkerReplication"),
    Destination: { Bucket: text(optionalRecord(rule, "destination") ?? {}, "bucket") },
  };
}

async function mustKeepVersions(Bucket: string, context: DeployContext): Promise<void> {
  const { Status: status } = await context.client(S3).getBucketVersioning({ Bucket });
  if (status !== "Enabled")
    throw new Error(`is refused: the bucket ${Bucket} keeps no versions, which replication needs.`);
}
