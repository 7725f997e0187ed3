import {
  type DeployContext,
  type Inputs,
  type Made,
  optionalBoolean,
  optionalRecord,
  optionalText,
  records,
  text,
} from "../handler";
import type { Registration } from "../program";
import { checkArn, checkOneOf } from "../rules";

/** Checks the replicas of a global table by DynamoDB's rules. */
export function checkReplicas(inputs: Inputs, context: DeployContext): string[] {
  const replicas = records(inputs, "replicas");
  if (replicas.length === 0) return [];
  const faults: string[] = [];
  if (inputs["streamEnabled"] !== true || inputs["streamViewType"] !== "NEW_AND_OLD_IMAGES") {
    faults.push("A table with replicas needs a stream of NEW_AND_OLD_IMAGES.");
  }
  if (inputs["billingMode"] !== "PAY_PER_REQUEST") {
    faults.push(
      "A table with replicas is PAY_PER_REQUEST here: provisioned capacity would need auto scaling in each Region.",
    );
  }
  const regions = replicas.map((replica) => optionalText(replica, "regionName") ?? "");
  if (new Set(regions).size !== regions.length) faults.push("Two replicas are in one Region.");
  const encryption = optionalRecord(inputs, "serverSideEncryption");
  const ownKey = encryption && optionalText(encryption, "kmsKeyArn");
  const modes = new Set(replicas.map((replica) => replica["consistencyMode"] ?? "EVENTUAL"));
  if (modes.size > 1) faults.push("All replicas have the same consistencyMode.");
  if (modes.has("STRONG") && optionalRecord(inputs, "ttl"))
    faults.push("A table with strongly consistent replicas cannot have a ttl.");
  for (const [index, replica] of replicas.entries()) {
    const region = regions[index] ?? "";
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) faults.push(`The replica's regionName "${region}" is not a Region.`);
    if (region === context.region) faults.push(`A replica in ${region} would be the table itself.`);
    faults.push(...checkOneOf(replica, "consistencyMode", ["EVENTUAL", "STRONG"]), ...checkArn(replica, "kmsKeyArn"));
    const key = optionalText(replica, "kmsKeyArn");
    if (ownKey && !key) faults.push(`The table has its own key, so its replica in ${region} needs a kmsKeyArn too.`);
    if (key && !ownKey) faults.push(`The replica in ${region} has a kmsKeyArn, but the table has none.`);
    if (key && key.split(":")[3] !== region)
      faults.push(`The key of the replica in ${region} is in ${key.split(":")[3]}.`);
  }
  return faults;
}

/**
 * Creates the replicas and returns the table's output `replicas`. A replica has the table's keys, indexes, stream and time to
 * live, and its own point-in-time recovery and deletion protection.
 */
export async function replicasOf(
  resource: Registration,
  context: DeployContext,
  make: (inputs: Inputs, there: DeployContext) => Promise<Made>,
): Promise<{ replicas?: Inputs[] }> {
  const replicas = records(resource.inputs, "replicas");
  if (replicas.length === 0) return {};
  const made = replicas.map(async (replica) => {
    const region = text(replica, "regionName");
    const there = context.inRegion(region);
    if (!there) {
      context.notEmulated(resource, `The table has no replica in ${region}, because no emulator of that Region runs.`);
      const arn = `arn:aws:dynamodb:${region}:${context.accountId}:table/${text(resource.inputs, "name")}`;
      return { ...replica, arn };
    }
    const { outputs } = await make(
      {
        ...resource.inputs,
        replicas: undefined,
        tags: optionalBoolean(replica, "propagateTags") ? resource.inputs["tags"] : undefined,
        pointInTimeRecovery: { enabled: optionalBoolean(replica, "pointInTimeRecovery") ?? false },
        deletionProtectionEnabled: optionalBoolean(replica, "deletionProtectionEnabled") ?? false,
      },
      there,
    );
    return { ...replica, ...outputs };
  });
  return { replicas: await Promise.all(made) };
}
