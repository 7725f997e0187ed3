import { resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { runningStore } from "../local/runningStore";
import { readStackOutputs } from "./stackOutputs";

/** Options of the command line that identify the catalogue. */
export interface ConnectionFlags {
  /** Pulumi stack whose outputs name the table and the state machine. */
  stack?: string;
  table?: string;
  "state-machine"?: string;
  /** Name of the table of stock. */
  stock?: string;
  region?: string;
  /** URL of an emulator. */
  endpoint?: string;
  /** Data folder of the local run, if it was started with one. */
  data?: string;
}

/** Connection to a catalogue. */
export interface Connection {
  table: string;
  stateMachineArn?: string;
  /** Table of stock; absent if the store's is unknown. */
  stockTable?: string;
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** Name of the catalogue, for output. */
  description: string;
}

/**
 * Finds the catalogue: by the table, else the local run, else the outputs of a deployed stack.
 *
 * @throws {Error} with one sentence that says what to give.
 */
export function findCatalogue(flags: ConnectionFlags): Connection {
  if (flags.table) return fromFlags(flags.table, flags);
  if (flags.endpoint) throw new Error("--endpoint needs a table. Give --table NAME too.");
  const local = localRun(flags.data, flags.stack);
  if (local) return local;
  if (flags.stack) return fromStack(flags.stack, flags.region);
  throw new Error(
    "No catalogue was found. Start the local run (npm start), or give --stack NAME of a deployed stack, or --table NAME --region REGION.",
  );
}

/** Creates clients for the catalogue. Each request has a timeout and is retried with backoff. */
export function clientsFor({ region, endpoint, credentials }: Connection) {
  const config = {
    region,
    endpoint,
    credentials,
    // The import retries failures that last longer.
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
  return {
    products: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
    workflows: new SFNClient(config),
  };
}

function fromFlags(table: string, flags: ConnectionFlags): Connection {
  const region = flags.region ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
  if (!region) throw new Error("The Region is unknown. Give --region REGION or set AWS_REGION.");
  return {
    table,
    stateMachineArn: flags["state-machine"],
    stockTable: flags.stock,
    region,
    endpoint: flags.endpoint,
    description: `table ${table} in ${region}`,
  };
}

/** Finds the local run's stack of this name, or its first one. */
function localRun(dataDir: string | undefined, stack: string | undefined): Connection | undefined {
  const deployments = runningStore(dataDir)?.deployments ?? [];
  const deployment = stack ? deployments.find((one) => one.stack === stack) : deployments[0];
  if (!deployment) return undefined;
  const { region, endpoint, credentials } = deployment;
  return {
    ...fromOutputs(deployment.outputs, deployment.stack),
    region,
    endpoint,
    credentials,
    description: `the local run's stack ${deployment.stack}`,
  };
}

function fromStack(stack: string, region: string | undefined): Connection {
  const found = fromOutputs(readStackOutputs(stack, "--table NAME --region REGION"), stack);
  // The state machine's ARN contains the stack's Region.
  const where = region ?? found.stateMachineArn?.split(":")[3] ?? process.env["AWS_REGION"];
  if (!where) throw new Error("The Region is unknown. Give --region REGION or set AWS_REGION.");
  return { ...found, region: where, description: `stack ${stack} in ${where}` };
}

function fromOutputs(
  outputs: Record<string, unknown>,
  stack: string,
): Pick<Connection, "table" | "stateMachineArn" | "stockTable"> {
  const { productsTable, catalogueRebuild, stockTable } = outputs;
  if (typeof productsTable !== "string") {
    throw new Error(`Stack ${stack} has no output productsTable. Give --table NAME.`);
  }
  return {
    table: productsTable,
    stateMachineArn: typeof catalogueRebuild === "string" ? catalogueRebuild : undefined,
    stockTable: typeof stockTable === "string" ? stockTable : undefined,
  };
}

/** Folder of the imports' checkpoints. */
export const CHECKPOINTS = resolve(__dirname, "..", ".stayopen", "imports");
