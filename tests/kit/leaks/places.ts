import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetFunctionCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListBucketsCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { Client } from "@opensearch-project/opensearch";
import { AwsSigv4Signer } from "@opensearch-project/opensearch/aws-v3";
import { type Deployment, resourcesOfType } from "../../../local/deployment/deployment";
import type { Store } from "../../../local/store";
import { clientsOf, recordsOf } from "../emulatorClients";

/** Something that the local run stores or has emitted. */
export interface Place {
  /** Kind of place, and the Region if it belongs to one, such as `logs us-east-1`. */
  kind: string;
  /** Which of its kind, such as a table's or a file's name. */
  name: string;
  bytes: Buffer;
}

/** Kinds of place that each Region has. */
export const REGIONAL_KINDS = [
  "table",
  "index of a table",
  "stream",
  "logs",
  "history",
  "queue",
  "mail",
  "text message",
  "object",
  "function",
  "parameter",
  "search index",
] as const;
export type RegionalKind = (typeof REGIONAL_KINDS)[number];

type Read = (deployment: Deployment) => AsyncGenerator<{ name: string; value: unknown }>;

const READ: Record<RegionalKind, Read> = {
  table: (deployment) => readTables(deployment, (table) => [{ TableName: table.TableName }]),
  "index of a table": (deployment) =>
    readTables(deployment, ({ TableName, GlobalSecondaryIndexes = [] }) =>
      GlobalSecondaryIndexes.map(({ IndexName }) => ({ TableName, IndexName })),
    ),
  stream: readStreams,
  logs: readLogs,
  history: readHistories,
  queue: (deployment) => readCaptured(deployment, "/sqs/messages"),
  mail: (deployment) => readCaptured(deployment, "/ses/messages"),
  "text message": (deployment) => readCaptured(deployment, "/sns/sms-messages"),
  object: readObjects,
  function: readFunctions,
  parameter: readParameters,
  "search index": readSearchIndexes,
};

/** Reads everything that AWS keeps for the store in all Regions that are up, and what the console shows. */
export async function* readPlaces(store: Store): AsyncGenerator<Place> {
  for (const deployment of store.deployments) {
    for (const kind of REGIONAL_KINDS) {
      for await (const { name, value } of READ[kind](deployment)) {
        yield { kind: `${kind} ${deployment.region}`, name, bytes: toBytes(value) };
      }
    }
  }
  for (const path of ["/", "/page.mjs", "/regions", "/settings"]) {
    const text = await (await fetch(`${store.consoleUrl}${path}`)).text();
    yield { kind: "console", name: path, bytes: Buffer.from(path === "/settings" ? withoutTestCards(text) : text) };
  }
  yield* readConsole(store);
}

/** Reads what the console shows of the store. */
export async function* readConsole(store: Store): AsyncGenerator<Place> {
  yield { kind: "console", name: "/events", bytes: await readConsoleEvents(store) };
}

/** Reads all files of a run: state, journals, objects, code, logs, mailboxes, ledgers. */
export function* readFiles(dataDir: string): Generator<Place> {
  for (const entry of readdirSync(dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readIfThere(file);
    if (bytes) yield { kind: "file", name: relative(dataDir, file), bytes };
  }
}

/** The emulator deletes a journal once its state is written. */
function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The console lists the provider's public test cards. */
const withoutTestCards = (settings: string): string =>
  JSON.stringify({ ...(JSON.parse(settings) as object), testCards: [] });

const toBytes = (value: unknown): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.from(typeof value === "string" ? value : JSON.stringify(value, binaryAsText));

/** Binary attributes, which JSON would write as lists of numbers. */
const binaryAsText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;

const connection = ({ region, endpoint, credentials }: Deployment) => ({ region, endpoint, credentials });

/** Calls a client and closes it afterwards. */
async function* using<C extends { destroy(): void }, T>(
  client: C,
  read: (client: C) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  try {
    yield* read(client);
  } finally {
    client.destroy();
  }
}

interface Scanned {
  TableName?: string;
  IndexName?: string;
}

function readTables(
  deployment: Deployment,
  sourcesOf: (table: { TableName?: string; GlobalSecondaryIndexes?: { IndexName?: string }[] }) => Scanned[],
) {
  return using(new DynamoDBClient(connection(deployment)), async function* (client) {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    for (const TableName of TableNames) {
      const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
      for (const source of sourcesOf(Table)) {
        let ExclusiveStartKey: Record<string, never> | undefined;
        do {
          const page = await client.send(new ScanCommand({ ...source, TableName, ExclusiveStartKey }));
          yield { name: `${TableName} ${source.IndexName ?? ""}`.trim(), value: page.Items };
          ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
        } while (ExclusiveStartKey !== undefined);
      }
    }
  });
}

async function* readStreams(deployment: Deployment) {
  const clients = clientsOf(deployment);
  const { TableNames = [] } = await clients.tables.send(new ListTablesCommand({}));
  for (const TableName of TableNames) {
    const { Table } = await clients.tables.send(new DescribeTableCommand({ TableName }));
    if (Table?.LatestStreamArn === undefined) continue;
    yield { name: TableName, value: await recordsOf(clients, TableName) };
  }
  for (const client of Object.values(clients)) client.destroy();
}

function readLogs(deployment: Deployment) {
  return using(new CloudWatchLogsClient(connection(deployment)), async function* (client) {
    const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
    for (const { logGroupName } of logGroups) {
      let nextToken: string | undefined;
      do {
        const page = await client.send(new FilterLogEventsCommand({ logGroupName, nextToken }));
        yield { name: logGroupName ?? "", value: page.events?.map(({ message }) => message).join("\n") ?? "" };
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    }
  });
}

function readHistories(deployment: Deployment) {
  return using(new SFNClient(connection(deployment)), async function* (client) {
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
    for (const { stateMachineArn } of stateMachines) {
      const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1_000 }));
      for (const { executionArn, name = "" } of executions) {
        yield { name, value: await client.send(new DescribeExecutionCommand({ executionArn })) };
        let nextToken: string | undefined;
        do {
          const page = await client.send(new GetExecutionHistoryCommand({ executionArn, nextToken }));
          yield { name, value: page.events };
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
      }
    }
  });
}

async function* readCaptured({ endpoint }: Deployment, path: string) {
  yield { name: path, value: await (await fetch(`${endpoint}/_ministack${path}`)).text() };
}

function readObjects(deployment: Deployment) {
  const client = new S3Client({ ...connection(deployment), forcePathStyle: true });
  return using(client, async function* () {
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
    for (const { Name: Bucket } of Buckets) {
      const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
      for (const { Key, VersionId } of Versions) {
        const { Body, Metadata } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
        yield { name: `${Bucket}/${Key}`, value: Buffer.from((await Body?.transformToByteArray()) ?? []) };
        yield { name: `${Bucket}/${Key}`, value: { Key, Metadata } };
      }
    }
  });
}

function readFunctions(deployment: Deployment) {
  return using(new LambdaClient(connection(deployment)), async function* (client) {
    let Marker: string | undefined;
    do {
      const { Functions = [], NextMarker } = await client.send(new ListFunctionsCommand({ Marker }));
      for (const { FunctionName = "" } of Functions) {
        const { Code, Configuration } = await client.send(new GetFunctionCommand({ FunctionName }));
        yield { name: FunctionName, value: Configuration };
        const code = await fetch(Code?.Location ?? "");
        yield { name: FunctionName, value: Buffer.from(await code.arrayBuffer()) };
      }
      Marker = NextMarker;
    } while (Marker !== undefined);
  });
}

function readParameters(deployment: Deployment) {
  return using(new SSMClient(connection(deployment)), async function* (client) {
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new GetParametersByPathCommand({ Path: "/", Recursive: true, WithDecryption: true, NextToken }),
      );
      yield { name: "all", value: page.Parameters };
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  });
}

/** The search engine of a Region, with the permissions of the account's root. */
export function searchClientOf(deployment: Deployment): Client {
  const [domain] = resourcesOfType(deployment, "aws:opensearch/domain:Domain");
  if (domain === undefined) throw new Error(`${deployment.region} has no search domain.`);
  return new Client({
    ...AwsSigv4Signer({
      region: deployment.region,
      service: "es",
      getCredentials: async () => deployment.credentials,
    }),
    node: `https://${domain.outputs["endpoint"]}`,
    ssl: { rejectUnauthorized: false },
  });
}

/** Most documents of an index that one request returns. */
const SEARCH_PAGE = 10_000;

async function* readSearchIndexes(deployment: Deployment) {
  const client = searchClientOf(deployment);
  try {
    const { body } = await client.indices.get({ index: "*" });
    for (const index of Object.keys(body)) {
      const found = await client.search({ index, body: { size: SEARCH_PAGE, query: { match_all: {} } } });
      yield { name: index, value: found.body };
    }
  } finally {
    await client.close();
  }
}

/** Milliseconds within which the console reads each part again, which it does while a page is open. */
const CONSOLE_READS_MS = 8_000;

/** Messages of the console to a page, first as it last knew them, then as they are now. */
async function readConsoleEvents({ consoleUrl }: Store): Promise<Buffer> {
  const from = performance.now();
  // If nothing changes, the console's sign of life ends the wait.
  const parts = ["regions", "orders", "messages", "queues", "logs", "providers", "notEmulated"];
  const response = await fetch(`${consoleUrl}/events`, { signal: AbortSignal.timeout(60_000) });
  let text = "";
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString();
    const isComplete = parts.every((part) => text.includes(`event: ${part}\n`)) && text.endsWith("\n\n");
    if (isComplete && performance.now() - from > CONSOLE_READS_MS) break;
  }
  return Buffer.from(text);
}
