import {
  type CreateTableCommandInput,
  DynamoDB,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  type StreamViewType,
} from "@aws-sdk/client-dynamodb";
import {
  type DeployContext,
  type Inputs,
  type Made,
  optionalBoolean,
  optionalRecord,
  optionalText,
  records,
  type ServiceHandlers,
  tagList,
  text,
  texts,
} from "../handler";
import type { Registration } from "../program";
import { checkName, checkOneOf, names } from "../rules";
import { checkReplicas, replicasOf } from "./tableReplicas";

export const dynamoDb: ServiceHandlers = {
  "aws:dynamodb/table:Table": {
    autoName: { property: "name", maxLength: 255 },
    check: (inputs, context) => [...checkTable(inputs), ...checkReplicas(inputs, context)],
    reachesInto: (inputs) => records(inputs, "replicas").map((replica) => text(replica, "regionName")),
    async create(resource, context) {
      const { inputs } = resource;
      const TableName = text(inputs, "name");
      await context.client(DynamoDB).createTable(tableInput(inputs));
      await configure(TableName, inputs, context);
      const made = await describe(TableName, context);
      return { ...made, outputs: { ...made.outputs, ...(await replicate(resource, context)) } };
    },
    /** Changes what can change without the keys; the data stay. */
    async update(resource, earlier, context) {
      const { inputs } = resource;
      const fixed = [
        "name",
        "attributes",
        "hashKey",
        "rangeKey",
        "globalSecondaryIndexes",
        "localSecondaryIndexes",
        "streamViewType",
      ];
      const changed = fixed.find((key) => JSON.stringify(inputs[key]) !== JSON.stringify(earlier.inputs[key]));
      if (changed !== undefined) {
        throw new Error(`has another ${changed} than the kept data: start with --fresh, or take the change back.`);
      }
      await configure(earlier.id, inputs, context);
      const made = await describe(earlier.id, context);
      return { ...made, outputs: { ...made.outputs, ...(await replicate(resource, context)) } };
    },
  },
};

function checkTable(inputs: Inputs): string[] {
  const attributes = records(inputs, "attributes");
  const known = new Set(attributes.map((attribute) => attribute["name"]));
  const indexes = [...records(inputs, "globalSecondaryIndexes"), ...records(inputs, "localSecondaryIndexes")];
  const used = new Set<unknown>([inputs["hashKey"], inputs["rangeKey"]]);
  const faults = [
    ...checkName(inputs, "name", names.table),
    ...checkOneOf(inputs, "billingMode", ["PROVISIONED", "PAY_PER_REQUEST"]),
    ...checkOneOf(inputs, "streamViewType", ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]),
  ];
  if (typeof inputs["hashKey"] !== "string") faults.push(`The argument "hashKey" is missing.`);
  if (inputs["streamEnabled"] === true && inputs["streamViewType"] === undefined) {
    faults.push("A stream needs its streamViewType.");
  }
  if (
    (inputs["billingMode"] ?? "PROVISIONED") === "PROVISIONED" &&
    !(inputs["readCapacity"] && inputs["writeCapacity"])
  ) {
    faults.push("A table without billingMode PAY_PER_REQUEST needs readCapacity and writeCapacity.");
  }
  for (const attribute of attributes) {
    if (!["S", "N", "B"].includes(String(attribute["type"]))) {
      faults.push(
        `The attribute ${String(attribute["name"])} has the type ${String(attribute["type"])}; keys are S, N or B.`,
      );
    }
  }
  for (const index of indexes) {
    faults.push(
      ...checkName(index, "name", names.table),
      ...checkOneOf(index, "projectionType", ["ALL", "KEYS_ONLY", "INCLUDE"]),
    );
    const keys = indexKeys(index, inputs);
    if (!keys.some(({ KeyType }) => KeyType === "HASH"))
      faults.push(`The index ${String(index["name"])} has no hash key.`);
    for (const key of keys) used.add(key.AttributeName);
    if (index["projectionType"] === "INCLUDE" && texts(index, "nonKeyAttributes").length === 0) {
      faults.push(`The index ${String(index["name"])} projects INCLUDE and names no nonKeyAttributes.`);
    }
  }
  for (const key of used) {
    if (typeof key === "string" && !known.has(key)) faults.push(`The key ${key} is missing among the attributes.`);
  }
  for (const name of known) {
    if (!used.has(name)) faults.push(`The attribute ${String(name)} is neither a key of the table nor of an index.`);
  }
  return faults;
}

/** Reads an index's keys from the key-schema list, or from the older hashKey and rangeKey. */
export function indexKeys(index: Inputs, table: Inputs): KeySchemaElement[] {
  const listed = records(index, "keySchemas").map((key) => ({
    AttributeName: String(key["attributeName"]),
    KeyType: String(key["keyType"]) as KeySchemaElement["KeyType"],
  }));
  if (listed.length > 0) return listed;
  return keys(optionalText(index, "hashKey") ?? optionalText(table, "hashKey"), optionalText(index, "rangeKey"));
}

function keys(hashKey: string | undefined, rangeKey: string | undefined): KeySchemaElement[] {
  const schema: KeySchemaElement[] = [];
  if (hashKey !== undefined) schema.push({ AttributeName: hashKey, KeyType: "HASH" });
  if (rangeKey !== undefined) schema.push({ AttributeName: rangeKey, KeyType: "RANGE" });
  return schema;
}

function tableInput(inputs: Inputs): CreateTableCommandInput {
  const index = (each: Inputs): GlobalSecondaryIndex => ({
    IndexName: text(each, "name"),
    KeySchema: indexKeys(each, inputs),
    Projection: {
      ProjectionType: (optionalText(each, "projectionType") ?? "ALL") as "ALL" | "KEYS_ONLY" | "INCLUDE",
      NonKeyAttributes: each["nonKeyAttributes"] ? texts(each, "nonKeyAttributes") : undefined,
    },
  });
  const onDemand = inputs["billingMode"] === "PAY_PER_REQUEST";
  const globals = records(inputs, "globalSecondaryIndexes").map(index);
  const locals = records(inputs, "localSecondaryIndexes").map(index);
  return {
    TableName: text(inputs, "name"),
    AttributeDefinitions: records(inputs, "attributes").map((attribute) => ({
      AttributeName: text(attribute, "name"),
      AttributeType: text(attribute, "type") as "S" | "N" | "B",
    })),
    KeySchema: keys(optionalText(inputs, "hashKey"), optionalText(inputs, "rangeKey")),
    GlobalSecondaryIndexes: globals.length > 0 ? globals : undefined,
    LocalSecondaryIndexes: locals.length > 0 ? locals : undefined,
    BillingMode: onDemand ? "PAY_PER_REQUEST" : "PROVISIONED",
    ProvisionedThroughput: onDemand
      ? undefined
      : { ReadCapacityUnits: Number(inputs["readCapacity"]), WriteCapacityUnits: Number(inputs["writeCapacity"]) },
    StreamSpecification: optionalBoolean(inputs, "streamEnabled")
      ? { StreamEnabled: true, StreamViewType: text(inputs, "streamViewType") as StreamViewType }
      : undefined,
    Tags: tagList(inputs),
  };
}

/** Creates the table in each Region of its `replicas`; local/aws/replication replicates the items. */
async function replicate(resource: Registration, context: DeployContext): Promise<{ replicas?: Inputs[] }> {
  return await replicasOf(resource, context, async (inputs, there) => {
    const TableName = text(inputs, "name");
    const isThere = await describe(TableName, there).catch((error: Error) => {
      if (error.name !== "ResourceNotFoundException") throw error;
      return undefined;
    });
    if (!isThere) await there.client(DynamoDB).createTable(tableInput(inputs));
    await configure(TableName, inputs, there);
    return isThere ?? (await describe(TableName, there));
  });
}

async function configure(TableName: string, inputs: Inputs, context: DeployContext): Promise<void> {
  const client = context.client(DynamoDB);
  const ttl = optionalRecord(inputs, "ttl");
  if (ttl && optionalBoolean(ttl, "enabled") !== false) {
    await client.updateTimeToLive({
      TableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: text(ttl, "attributeName") },
    });
  }
  const recovery = optionalRecord(inputs, "pointInTimeRecovery");
  if (recovery) {
    await client.updateContinuousBackups({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: optionalBoolean(recovery, "enabled") ?? false },
    });
  }
  const protection = optionalBoolean(inputs, "deletionProtectionEnabled");
  if (protection !== undefined) {
    await client.updateTable({ TableName, DeletionProtectionEnabled: protection });
  }
}

async function describe(TableName: string, context: DeployContext): Promise<Made> {
  const { Table: table } = await context.client(DynamoDB).describeTable({ TableName });
  return {
    id: TableName,
    outputs: { arn: table?.TableArn, streamArn: table?.LatestStreamArn, streamLabel: table?.LatestStreamLabel },
  };
}
