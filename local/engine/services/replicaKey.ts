import { KMS } from "@aws-sdk/client-kms";
import { rootCredentials } from "../../aws/emulator/supervisor";
import {
  type DeployContext,
  type Faults,
  type Inputs,
  optionalBoolean,
  optionalRecord,
  optionalText,
  REQUEST_LIMIT_MS,
  type ResourceHandler,
  tagsOf,
  text,
} from "../handler";
import { checkArn, checkPolicy, checkRange, parseJson } from "../rules";

/** A replica of a multi-Region key: the same id and key material in another Region's emulator. */
export const replicaKey: ResourceHandler = {
  required: ["primaryKeyArn"],
  check: (inputs, context) => [
    ...checkArn(inputs, "primaryKeyArn"),
    ...checkRange(inputs, "deletionWindowInDays", 7, 30),
    ...checkPolicy(inputs, "policy", "resource"),
    ...checkAdministration(inputs),
    ...checkPrimary(inputs, context),
  ],
  async create({ inputs }, context) {
    const { region, keyId } = keyOf(inputs);
    const primary = context.inRegion(region);
    if (!primary) throw new Error(`replicates a key of ${region}, but no emulator of that Region runs.`);
    await copyKey(keyId, primary, context, inputs);
    const arn = `arn:aws:kms:${context.region}:${context.accountId}:key/${keyId}`;
    const [home] = context.resources("aws:kms/key:Key").filter(({ id }) => id === keyId);
    return {
      id: keyId,
      outputs: {
        arn,
        keyId,
        keySpec: home?.inputs["customerMasterKeySpec"] ?? "SYMMETRIC_DEFAULT",
        keyUsage: home?.inputs["keyUsage"] ?? "ENCRYPT_DECRYPT",
        keyRotationEnabled: home?.inputs["enableKeyRotation"] ?? false,
      },
    };
  },
  async update({ inputs }, earlier, context) {
    if (inputs["primaryKeyArn"] !== earlier.inputs["primaryKeyArn"]) {
      throw new Error("replicates another key than the kept data: start with --fresh, or take the change back.");
    }
    const Policy = optionalText(inputs, "policy");
    if (Policy) await context.client(KMS).putKeyPolicy({ KeyId: earlier.id, Policy });
    return { id: earlier.id, outputs: earlier.outputs };
  },
};

function keyOf(inputs: Inputs): { region: string; keyId: string } {
  const [, , , region = "", , resource = ""] = text(inputs, "primaryKeyArn").split(":");
  return { region, keyId: resource.replace(/^key\//, "") };
}

function checkPrimary(inputs: Inputs, { region }: DeployContext): Faults {
  if (typeof inputs["primaryKeyArn"] !== "string") return [];
  const primary = keyOf(inputs);
  return [
    !primary.keyId.startsWith("mrk-") &&
      `The key ${primary.keyId} is not a multi-Region key: create it with multiRegion.`,
    primary.region === region && `The replica of a key of ${region} cannot be in ${region} too: give it a region.`,
  ];
}

/** Copies a multi-Region key from one Region's emulator to another (local/aws/emulator/multi_region_keys.py). */
async function copyKey(keyId: string, from: DeployContext, to: DeployContext, inputs: Inputs): Promise<void> {
  const { Key } = await ask(from, "StayopenExportKey", { KeyId: keyId, ReplicaRegion: to.region });
  await ask(to, "StayopenImportReplica", {
    Key,
    Policy: optionalText(inputs, "policy"),
    Description: optionalText(inputs, "description"),
    Tags: Object.entries(tagsOf(inputs) ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
  });
}

/** Restores a key from another Region; returns true if one had it. */
export async function copiedFrom(
  regions: readonly string[],
  keyId: string,
  inputs: Inputs,
  context: DeployContext,
): Promise<boolean> {
  for (const region of regions) {
    const from = context.inRegion(region);
    if (!from) continue;
    try {
      await copyKey(keyId, from, context, inputs);
      return true;
    } catch (error) {
      if (!(error instanceof Error && error.message.includes("NotFoundException"))) throw error;
    }
  }
  return false;
}

/** Calls actions that no SDK client has; the emulator accepts them from root without a signature. */
async function ask(
  { endpoint, region }: DeployContext,
  action: string,
  body: object,
): Promise<Record<string, unknown>> {
  const scope = `${rootCredentials.accessKeyId}/20260101/${region}/kms/aws4_request`;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `TrentService.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok)
    throw new Error(`is refused by the emulator: ${String(answer["__type"])}: ${String(answer["message"])}`);
  return answer;
}

/** Checks that a key policy does not lock the owner out, which KMS refuses. */
export function checkAdministration(inputs: Inputs): string[] {
  const document = parseJson(optionalText(inputs, "policy") ?? "null") as
    | { Statement?: Inputs | Inputs[] }
    | null
    | undefined;
  if (!document || optionalBoolean(inputs, "bypassPolicyLockoutSafetyCheck")) return [];
  const statements = [document.Statement ?? []].flat();
  const administers = statements.some((statement) => {
    const actions = [statement["Action"] ?? []].flat().map(String);
    const principal = JSON.stringify(optionalRecord(statement, "Principal") ?? statement["Principal"] ?? "");
    return (
      statement["Effect"] === "Allow" &&
      actions.some((action) => action === "kms:*" || action === "kms:PutKeyPolicy" || action === "kms:Put*") &&
      (principal.includes(":root") ||
        principal.includes("*") ||
        principal.includes(":role/") ||
        principal.includes(":user/"))
    );
  });
  return administers ? [] : ["The policy allows no principal to change it (kms:PutKeyPolicy), which KMS refuses."];
}
