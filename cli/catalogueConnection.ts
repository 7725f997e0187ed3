import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { runningStore } from "../local/runningStore";

/** What the command line says about where the catalogue is. */
export interface ConnectionFlags {
  /** Pulumi stack whose outputs name the table and the state machine. */
  stack?: string;
  table?: string;
  "state-machine"?: string;
  region?: string;
  /** Address of an emulator. */
  endpoint?: string;
  /** Data folder of a local run that was started with one of its own. */
  data?: string;
}

/** Where the catalogue is. */
export interface Connection {
  table: string;
  stateMachineArn?: string;
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** For a person: which one was found. */
  description: string;
}

/**
 * Finds the catalogue: what the flags say, else the outputs of the stack that they name, else the local run.
 *
 * @throws Error with one sentence that says what to give.
 */
export function findCatalogue(flags: ConnectionFlags): Connection {
  if (flags.table) return fromFlags(flags.table, flags);
  if (flags.endpoint) throw new Error("With --endpoint give the table too: --table NAME.");
  const local = localRun(flags.data, flags.stack);
  if (local) return local;
  if (flags.stack) return fromStack(flags.stack, flags.region);
  throw new Error(
    "Which catalogue? Start the local run (npm start), or give --stack NAME of a deployed stack, or --table NAME --region REGION.",
  );
}

/** Clients for it. Each request has a time-out, and backs off when the table is busy. */
export function clientsFor({ region, endpoint, credentials }: Connection) {
  const config = {
    region,
    endpoint,
    credentials,
    // The import itself repeats what fails for longer.
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
  if (!region) throw new Error("Which Region? Give --region REGION or set AWS_REGION.");
  return {
    table,
    stateMachineArn: flags["state-machine"],
    region,
    endpoint: flags.endpoint,
    description: `table ${table} in ${region}`,
  };
}

/** The local run's stack of that name, or its only one. */
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
  const { status, stdout, stderr, error } = spawnSync("pulumi", ["stack", "output", "--json", "--stack", stack], {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (error || status !== 0) {
    throw new Error(`The outputs of stack ${stack} can't be read: ${(error?.message ?? stderr).trim().split("\n")[0]}`);
  }
  const outputs: Record<string, unknown> = JSON.parse(stdout);
  const found = fromOutputs(outputs, stack);
  // The state machine's ARN says where the stack is.
  const where = region ?? found.stateMachineArn?.split(":")[3] ?? process.env["AWS_REGION"];
  if (!where) throw new Error("Which Region? Give --region REGION or set AWS_REGION.");
  return { ...found, region: where, description: `stack ${stack} in ${where}` };
}

function fromOutputs(outputs: Record<string, unknown>, stack: string): Pick<Connection, "table" | "stateMachineArn"> {
  const { productsTable, catalogueRebuild } = outputs;
  if (typeof productsTable !== "string") {
    throw new Error(`Stack ${stack} has no output productsTable: give --table NAME.`);
  }
  return { table: productsTable, stateMachineArn: typeof catalogueRebuild === "string" ? catalogueRebuild : undefined };
}

/** Where checkpoints of imports are kept. */
export const CHECKPOINTS = resolve(__dirname, "..", ".stayopen", "imports");
