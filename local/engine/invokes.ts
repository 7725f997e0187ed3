import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { KMS } from "@aws-sdk/client-kms";
import { S3 } from "@aws-sdk/client-s3";
import { type DeployContext, type Inputs, text } from "./handler";

type Invoke = (inputs: Inputs, context: DeployContext) => Promise<Record<string, unknown>>;

const invokes: Record<string, Invoke> = {
  "aws:index/getCallerIdentity:getCallerIdentity": async (_inputs, { accountId }) => ({
    accountId,
    arn: `arn:aws:iam::${accountId}:root`,
    id: accountId,
    userId: accountId,
  }),
  "aws:index/getRegion:getRegion": async (inputs, context) => {
    const region = typeof inputs["region"] === "string" ? inputs["region"] : context.region;
    return { id: region, name: region, region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
  },
  "aws:index/getPartition:getPartition": async () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": async (_inputs, { region }) => ({
    id: region,
    names: ["a", "b", "c"].map((zone) => `${region}${zone}`),
    zoneIds: ["az1", "az2", "az3"],
  }),
  "aws:kms/getPublicKey:getPublicKey": async (inputs, context) => {
    const key = await context.client(KMS).getPublicKey({ KeyId: text(inputs, "keyId") });
    const der = Buffer.from(key.PublicKey ?? []).toString("base64");
    const lines = der.match(/.{1,64}/g) ?? [];
    return {
      id: key.KeyId,
      arn: key.KeyId,
      keyId: inputs["keyId"],
      publicKey: der,
      publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`,
      keyUsage: key.KeyUsage,
      customerMasterKeySpec: key.KeySpec,
      encryptionAlgorithms: key.EncryptionAlgorithms ?? [],
      signingAlgorithms: key.SigningAlgorithms ?? [],
    };
  },
  "aws:kms/getKey:getKey": async (inputs, context) => {
    const { KeyMetadata: key } = await context.client(KMS).describeKey({ KeyId: text(inputs, "keyId") });
    return {
      id: key?.KeyId,
      keyId: inputs["keyId"],
      arn: key?.Arn,
      awsAccountId: context.accountId,
      region: context.region,
      description: key?.Description,
      enabled: key?.Enabled,
      keySpec: key?.KeySpec,
      keyUsage: key?.KeyUsage,
      keyState: key?.KeyState,
      multiRegion: key?.MultiRegion,
    };
  },
  "aws:dynamodb/getTable:getTable": async (inputs, context) => {
    const { Table: table } = await context.client(DynamoDB).describeTable({ TableName: text(inputs, "name") });
    const key = (type: string) => table?.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName ?? "";
    return {
      id: table?.TableName,
      name: table?.TableName,
      region: context.region,
      arn: table?.TableArn,
      streamEnabled: table?.StreamSpecification?.StreamEnabled ?? false,
      streamViewType: table?.StreamSpecification?.StreamViewType ?? "",
      streamArn: table?.LatestStreamArn ?? "",
      streamLabel: table?.LatestStreamLabel ?? "",
      hashKey: key("HASH"),
      rangeKey: key("RANGE"),
      billingMode: table?.BillingModeSummary?.BillingMode ?? "PROVISIONED",
      deletionProtectionEnabled: table?.DeletionProtectionEnabled ?? false,
      attributes: (table?.AttributeDefinitions ?? []).map((each) => ({
        name: each.AttributeName,
        type: each.AttributeType,
      })),
    };
  },
  "aws:s3/getBucket:getBucket": async (inputs, context) => {
    const bucket = text(inputs, "bucket");
    // The cheapest call that fails for a missing bucket.
    await context.client(S3).getBucketVersioning({ Bucket: bucket });
    return {
      id: bucket,
      bucket,
      arn: `arn:aws:s3:::${bucket}`,
      region: context.region,
      bucketRegion: context.region,
      bucketDomainName: `${bucket}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${bucket}.s3.${context.region}.amazonaws.com`,
      hostedZoneId: "Z3AQBSTGFYJSTF",
    };
  },
  // Evaluated by the provider itself, without AWS.
  "aws:iam/getPolicyDocument:getPolicyDocument": async (inputs) => {
    const list = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value);
    const statements = (Array.isArray(inputs["statements"]) ? (inputs["statements"] as Inputs[]) : []).map((each) => {
      const principals = Object.fromEntries(
        (Array.isArray(each["principals"]) ? (each["principals"] as Inputs[]) : []).map((principal) => [
          String(principal["type"]),
          list(principal["identifiers"]),
        ]),
      );
      const condition: Record<string, Record<string, unknown>> = {};
      for (const { test, variable, values } of (each["conditions"] as Inputs[] | undefined) ?? []) {
        condition[String(test)] = { ...condition[String(test)], [String(variable)]: list(values) };
      }
      return {
        ...(each["sid"] ? { Sid: each["sid"] } : {}),
        Effect: each["effect"] ?? "Allow",
        ...(Object.keys(principals).length > 0 ? { Principal: principals["*"] ? "*" : principals } : {}),
        ...(each["actions"] ? { Action: list(each["actions"]) } : {}),
        ...(each["resources"] ? { Resource: list(each["resources"]) } : {}),
        ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
      };
    });
    const json = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    return { id: "policy", json, minifiedJson: json };
  },
};

/** Answers a provider function as the AWS provider would. */
export async function invokeFunction(
  token: string,
  inputs: Inputs,
  context: DeployContext,
): Promise<Record<string, unknown>> {
  const invoke = invokes[token];
  if (invoke === undefined)
    throw new Error(
      `The local run does not emulate the provider function "${token}": add it to local/engine/invokes.ts.`,
    );
  return await invoke(inputs, context);
}
