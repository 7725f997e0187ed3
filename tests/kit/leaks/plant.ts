import { gzipSync } from "node:zlib";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type Deployment, resourcesOfType } from "../../../local/deployment/deployment";
import { zip } from "../../../local/engine/archive";
import { ENCODINGS } from "./encodings";
import { type RegionalKind, searchClientOf } from "./places";

const NAME = "planted";

/** A needle in every encoding that the kind of place can hold, compressed ones in base64 included. */
export function everyEncoding(kind: RegionalKind, value: string): string {
  const forms = encodingsIn(kind).flatMap((encoding) => ENCODINGS[encoding]?.(value) ?? []);
  const compressed = gzipSync(value).toString("base64");
  // The text before them changes the position of the compressed data in a group of three bytes.
  return [...forms, ...["", "a", "ab"].map((before) => `${before}${compressed}`)].join(" | ");
}

/** Kinds of place for any bytes. The others refuse NUL, which UTF-16 has. */
const BINARY: readonly RegionalKind[] = ["object", "function"];

const encodingsIn = (kind: RegionalKind): string[] =>
  Object.keys(ENCODINGS).filter((encoding) => encoding !== "utf16" || BINARY.includes(kind));

/** Names of what a search must find of `everyEncoding`. */
export const expectedIn = (kind: RegionalKind): string[] => [...encodingsIn(kind), "compressed plain"];

const connection = ({ region, endpoint, credentials }: Deployment) => ({ region, endpoint, credentials });

async function calling<C extends { destroy(): void }>(client: C, act: (client: C) => Promise<unknown>): Promise<void> {
  await act(client).finally(() => client.destroy());
}

/** Stores or sends a text in each kind of place, with the permissions of the account's root. */
export const PLANT: Record<RegionalKind, (deployment: Deployment, text: string) => Promise<void>> = {
  // The three kinds of a table have one table each, so that none finds another's needle.
  table: (deployment, text) => plantInTable(deployment, `${NAME}-table`, text),
  "index of a table": (deployment, text) => plantInTable(deployment, `${NAME}-index`, text),
  stream: (deployment, text) => plantInTable(deployment, `${NAME}-stream`, text),
  logs: (deployment, text) =>
    calling(new CloudWatchLogsClient(connection(deployment)), async (client) => {
      const stream = { logGroupName: NAME, logStreamName: NAME };
      await client.send(new CreateLogGroupCommand(stream));
      await client.send(new CreateLogStreamCommand(stream));
      await client.send(
        new PutLogEventsCommand({
          ...stream,
          logEvents: [{ timestamp: Date.now(), message: JSON.stringify({ text }) }],
        }),
      );
    }),
  history: (deployment, text) =>
    calling(new SFNClient(connection(deployment)), async (client) => {
      const [role] = resourcesOfType(deployment, "aws:iam/role:Role");
      const { stateMachineArn } = await client.send(
        new CreateStateMachineCommand({
          name: NAME,
          roleArn: String(role?.outputs["arn"]),
          definition: JSON.stringify({ StartAt: "End", States: { End: { Type: "Succeed" } } }),
        }),
      );
      await client.send(new StartExecutionCommand({ stateMachineArn, name: NAME, input: JSON.stringify({ text }) }));
    }),
  queue: (deployment, text) =>
    calling(new SQSClient(connection(deployment)), async (client) => {
      const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: NAME }));
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: text }));
    }),
  mail: (deployment, text) =>
    calling(new SESv2Client(connection(deployment)), (client) =>
      client.send(
        new SendEmailCommand({
          FromEmailAddress: senderOf(deployment),
          Destination: { ToAddresses: ["planted@example.com"] },
          Content: { Simple: { Subject: { Data: NAME }, Body: { Text: { Data: text } } } },
        }),
      ),
    ),
  "text message": (deployment, text) =>
    calling(new SNSClient(connection(deployment)), (client) =>
      client.send(new PublishCommand({ PhoneNumber: "+14155550199", Message: text })),
    ),
  object: (deployment, text) =>
    calling(new S3Client({ ...connection(deployment), forcePathStyle: true }), async (client) => {
      const Bucket = `${NAME}-${deployment.region}`;
      await client.send(new CreateBucketCommand({ Bucket }));
      await client.send(new PutObjectCommand({ Bucket, Key: "leak.gz", Body: text }));
    }),
  function: (deployment, text) =>
    calling(new LambdaClient(connection(deployment)), async (client) => {
      const [role] = resourcesOfType(deployment, "aws:iam/role:Role");
      await client.send(
        new CreateFunctionCommand({
          FunctionName: NAME,
          Role: String(role?.outputs["arn"]),
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Code: { ZipFile: zip(new Map([["index.js", Buffer.from(`// ${text}`)]])) },
        }),
      );
    }),
  parameter: (deployment, text) =>
    calling(new SSMClient(connection(deployment)), (client) =>
      client.send(new PutParameterCommand({ Name: `/${NAME}`, Type: "SecureString", Value: text, Tier: "Advanced" })),
    ),
  "search index": async (deployment, text) => {
    const client = searchClientOf(deployment);
    try {
      await client.index({ index: NAME, id: NAME, body: { text }, refresh: true });
    } finally {
      await client.close();
    }
  },
};

async function plantInTable(deployment: Deployment, TableName: string, text: string): Promise<void> {
  await calling(new DynamoDBClient(connection(deployment)), async (client) => {
    const key = { AttributeName: "id", AttributeType: "S" } as const;
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [key, { AttributeName: "other", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        GlobalSecondaryIndexes: [
          {
            IndexName: "others",
            KeySchema: [{ AttributeName: "other", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
    await client.send(
      new PutItemCommand({ TableName, Item: { id: { S: "1" }, other: { S: "1" }, text: { S: text } } }),
    );
  });
}

/** The address that the store's functions send mail from. */
function senderOf(deployment: Deployment): string {
  for (const { inputs } of resourcesOfType(deployment, "aws:lambda/function:Function")) {
    const variables = (inputs["environment"] as { variables?: Record<string, string> } | undefined)?.variables ?? {};
    const from = Object.values(variables).find((value) => /^[^@\s{}"]+@[^@\s{}"]+$/.test(value));
    if (from !== undefined) return from;
  }
  throw new Error(`No function of ${deployment.region} sends mail.`);
}
