import { type KeySpec, type KeyUsageType, KMS } from "@aws-sdk/client-kms";
import {
  type DeployContext,
  type Inputs,
  type Made,
  optionalBoolean,
  optionalText,
  type ServiceHandlers,
  tagsOf,
  text,
} from "../handler";
import { checkName, checkOneOf, checkPolicy, checkRange, names } from "../rules";
import { checkAdministration, copiedFrom, replicaKey } from "./replicaKey";

const symmetric = "SYMMETRIC_DEFAULT";

export const kms: ServiceHandlers = {
  "aws:kms/key:Key": {
    check: (inputs) => [
      ...checkOneOf(inputs, "keyUsage", ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"]),
      ...checkRange(inputs, "deletionWindowInDays", 7, 30),
      ...checkPolicy(inputs, "policy", "resource"),
      ...checkRotation(inputs),
      ...checkAdministration(inputs),
    ],
    async create({ inputs }, context) {
      const client = context.client(KMS);
      const { KeyMetadata: key } = await client.createKey({
        KeySpec: (optionalText(inputs, "customerMasterKeySpec") ?? symmetric) as KeySpec,
        KeyUsage: (optionalText(inputs, "keyUsage") ?? "ENCRYPT_DECRYPT") as KeyUsageType,
        Description: optionalText(inputs, "description"),
        MultiRegion: optionalBoolean(inputs, "multiRegion"),
        Policy: optionalText(inputs, "policy"),
        Tags: Object.entries(tagsOf(inputs) ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
      });
      if (optionalBoolean(inputs, "enableKeyRotation")) {
        await client.enableKeyRotation({ KeyId: key?.KeyId });
      }
      return { id: key?.KeyId ?? "", outputs: { arn: key?.Arn, keyId: key?.KeyId } };
    },
    /** Restores a multi-Region key from its replica, so that data encrypted with it stay readable after the loss of a Region. */
    async restore(resource, earlier, context) {
      const others = context.regions.filter((region) => region !== context.region);
      const copied =
        earlier.inputs["multiRegion"] === true && (await copiedFrom(others, earlier.id, resource.inputs, context));
      if (!copied) return await this.create(resource, context);
      return { id: earlier.id, outputs: { arn: earlier.outputs["arn"], keyId: earlier.id } };
    },
    async update({ inputs }, earlier, context) {
      for (const fixed of ["customerMasterKeySpec", "keyUsage", "multiRegion"]) {
        if (inputs[fixed] !== earlier.inputs[fixed]) {
          throw new Error(`has another ${fixed} than the kept key: start with --fresh, or take the change back.`);
        }
      }
      const Policy = optionalText(inputs, "policy");
      if (Policy) await context.client(KMS).putKeyPolicy({ KeyId: earlier.id, Policy });
      return { id: earlier.id, outputs: { arn: earlier.outputs["arn"], keyId: earlier.id } };
    },
  },
  "aws:kms/replicaKey:ReplicaKey": replicaKey,
  "aws:kms/keyPolicy:KeyPolicy": {
    required: ["keyId", "policy"],
    check: (inputs) => [...checkPolicy(inputs, "policy", "resource"), ...checkAdministration(inputs)],
    create: putPolicy,
    update: async (resource, _earlier, context) => await putPolicy(resource, context),
    async remove() {},
  },
  "aws:kms/alias:Alias": {
    autoName: { property: "name", maxLength: 256, transform: (name) => `alias/${name}` },
    required: ["targetKeyId"],
    check: (inputs) => [
      checkName(inputs, "name", names.alias),
      String(inputs["name"]).startsWith("alias/aws/") &&
        `The name "${String(inputs["name"])}" is kept for AWS's own keys.`,
    ],
    async create({ inputs }, context) {
      const AliasName = text(inputs, "name");
      await context.client(KMS).createAlias({ AliasName, TargetKeyId: text(inputs, "targetKeyId") });
      return { id: AliasName, outputs: aliasOutputs(inputs, context.region, context.accountId) };
    },
    async update({ inputs }, earlier, context) {
      await context.client(KMS).updateAlias({ AliasName: earlier.id, TargetKeyId: text(inputs, "targetKeyId") });
      return { id: earlier.id, outputs: { ...earlier.outputs, ...inputs } };
    },
    remove: ({ id }, context) => context.client(KMS).deleteAlias({ AliasName: id }),
  },
};

async function putPolicy({ inputs }: { inputs: Inputs }, context: DeployContext): Promise<Made> {
  const KeyId = text(inputs, "keyId");
  await context.client(KMS).putKeyPolicy({ KeyId, Policy: text(inputs, "policy") });
  return { id: KeyId };
}

function aliasOutputs(inputs: Inputs, region: string, accountId: string): Record<string, unknown> {
  const target = text(inputs, "targetKeyId");
  const keyArn = target.startsWith("arn:") ? target : `arn:aws:kms:${region}:${accountId}:key/${target}`;
  return { arn: `arn:aws:kms:${region}:${accountId}:${text(inputs, "name")}`, targetKeyArn: keyArn };
}

function checkRotation(inputs: Inputs): string[] {
  const spec = inputs["customerMasterKeySpec"] ?? symmetric;
  return optionalBoolean(inputs, "enableKeyRotation") && spec !== symmetric
    ? [`A key of the kind ${String(spec)} cannot be rotated by KMS: leave out enableKeyRotation.`]
    : [];
}
