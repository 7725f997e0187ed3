import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DIRECTORY_INDEXES } from "../../../domain/auth";
import { applyTransform } from "../../arguments/overrides";
import { createDataTable } from "../../infrastructure/dataTable";
import { protectionOf } from "../../infrastructure/protection";
import type { AuthLayerArgs } from "../args";

/** The customer directory, new or existing. */
export interface Directory {
  table: { name: pulumi.Output<string>; arn: pulumi.Output<string> };
  key: { arn: pulumi.Output<string> };
  nodes: { table?: aws.dynamodb.Table; key?: aws.kms.Key; replicaKeys: aws.kms.ReplicaKey[] };
}

/** Environment of a function that reads the directory. */
export function directoryEnvironment({ table, key }: Directory): Record<string, pulumi.Input<string>> {
  return { DIRECTORY_TABLE: table.name, ADDRESS_KEY: key.arn };
}

/** Creates the directory with its replicas, or takes the existing one. */
export function createCustomerDirectory(name: string, args: AuthLayerArgs, parent: pulumi.Resource): Directory {
  const { existingDirectory: existing, replicaRegions, protectData: protect = true } = args;
  if (existing) {
    return {
      table: { name: pulumi.output(existing.table.name), arn: pulumi.output(existing.table.arn) },
      key: { arn: pulumi.output(existing.key.arn) },
      nodes: { replicaKeys: [] },
    };
  }
  const shape = { hashKey: "person", rangeKey: "region", indexes: DIRECTORY_INDEXES };
  const table = createDataTable(`${name}-directory`, shape, args, args.transform?.directoryTable, parent);
  const key = createAddressKey(name, args, protect, parent);
  const replicaKeys = (replicaRegions ?? []).map(
    (region) =>
      new aws.kms.ReplicaKey(
        `${name}-addresses-${region}`,
        { region, primaryKeyArn: key.arn, description, deletionWindowInDays: protect ? 30 : 7 },
        { parent, ...protectionOf(protect) },
      ),
  );
  return {
    table: { name: table.name, arn: table.arn },
    key: { arn: key.arn },
    nodes: { table, key, replicaKeys },
  };
}

const description = "Hashes e-mail addresses in the customer directory, so that its tables name no person.";

/** Without this key, the table does not reveal its persons. An unkeyed hash would: all addresses can be tried. */
function createAddressKey(name: string, args: AuthLayerArgs, protect: boolean, parent: pulumi.Resource) {
  return new aws.kms.Key(
    `${name}-addresses`,
    applyTransform<aws.kms.KeyArgs>(
      {
        description,
        keyUsage: "GENERATE_VERIFY_MAC",
        customerMasterKeySpec: "HMAC_256",
        multiRegion: true,
        deletionWindowInDays: protect ? 30 : 7,
      },
      args.transform?.addressKey,
    ),
    { parent, ...protectionOf(protect) },
  );
}
