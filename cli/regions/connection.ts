import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { StateStore } from "../../components/regionalFailover/handlers/stateStore";
import { type RunningStore, runningStore } from "../../local/runningStore";
import { readStackOutputs } from "../stackOutputs";

/** Options of the command line that identify the store. */
export interface ConnectionFlags {
  /** Pulumi stack whose outputs name tables and Regions. */
  stack?: string;
  /** Name of the table of Regions. */
  table?: string;
  /** Name of the product table. */
  products?: string;
  /** Name of the table of stock. */
  stock?: string;
  /** Regions, separated by commas. */
  regions?: string;
  /** Data folder of the local run, if it was started with one. */
  data?: string;
}

/** Connection to a store's Regions. */
export interface StoreConnection {
  table: string;
  productsTable?: string;
  stockTable?: string;
  regions: RegionConnection[];
  /** Name of the store, for output. */
  description: string;
}

export interface RegionConnection {
  region: string;
  /** URL of an emulator; absent on AWS. */
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

// Set these in advance: during an outage neither the state backend nor the AWS console may be reachable.
const TABLE_VARIABLE = "STAYOPEN_REGIONS_TABLE";
export const PRODUCTS_VARIABLE = "STAYOPEN_PRODUCTS_TABLE";
export const STOCK_VARIABLE = "STAYOPEN_STOCK_TABLE";
const REGIONS_VARIABLE = "STAYOPEN_REGIONS";

/**
 * Finds the store: by the table in options or environment, else the local run, else the outputs of a deployed stack.
 *
 * @throws {Error} with one sentence that says what to give.
 */
export function findStore(
  flags: ConnectionFlags,
  environment: NodeJS.ProcessEnv = process.env,
  running: Pick<RunningStore, "deployments"> | undefined = runningStore(flags.data),
): StoreConnection {
  const named = flags.stack === undefined || flags.table !== undefined;
  const table = named ? (flags.table ?? environment[TABLE_VARIABLE]) : undefined;
  if (table) return byName(table, flags, environment);
  const local = flags.stack === undefined ? localRun(running) : undefined;
  if (local) return local;
  if (flags.stack) return byStack(flags.stack);
  throw new Error(
    `No store was found. Start the local run (npm start -- --regions 2), or give --stack NAME of a deployed stack, or --table NAME --regions us-east-1,us-west-2 (or set ${TABLE_VARIABLE} and ${REGIONS_VARIABLE}, which works without Pulumi).`,
  );
}

/** Opens one Region's replica of the table of Regions. */
export function stateIn({ region, endpoint, credentials }: RegionConnection, table: string): StateStore {
  return new StateStore(clientIn({ region, endpoint, credentials }), table);
}

/** Creates a client for one Region. Its timeouts detect a dead Region within seconds. */
export function clientIn({ region, endpoint, credentials }: RegionConnection): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    region,
    endpoint,
    credentials,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

function byName(table: string, flags: ConnectionFlags, environment: NodeJS.ProcessEnv): StoreConnection {
  const regions = (flags.regions ?? environment[REGIONS_VARIABLE] ?? "").split(",").filter(Boolean);
  if (regions.length === 0) {
    throw new Error(
      `The Regions of ${table} are unknown. Give --regions us-east-1,us-west-2 or set ${REGIONS_VARIABLE}.`,
    );
  }
  return {
    table,
    productsTable: flags.products ?? environment[PRODUCTS_VARIABLE],
    stockTable: flags.stock ?? environment[STOCK_VARIABLE],
    regions: regions.map((region) => ({ region })),
    description: `table ${table} in ${regions.join(" and ")}`,
  };
}

function localRun(
  { deployments }: Pick<RunningStore, "deployments"> = { deployments: [] },
): StoreConnection | undefined {
  const [first] = deployments;
  if (!first) return undefined;
  return {
    ...tablesOf(first.outputs, first.stack),
    regions: deployments.map(({ region, endpoint, credentials }) => ({ region, endpoint, credentials })),
    description: "the local run",
  };
}

function byStack(stack: string): StoreConnection {
  const outputs = readStackOutputs(stack, "--table NAME --regions us-east-1,us-west-2");
  const { storeRegions } = outputs;
  if (!Array.isArray(storeRegions)) {
    throw new Error(`Stack ${stack} has no output storeRegions. Give --table NAME --regions us-east-1,us-west-2.`);
  }
  return {
    ...tablesOf(outputs, stack),
    regions: storeRegions.map((region) => ({ region: String(region) })),
    description: `stack ${stack}`,
  };
}

function tablesOf(
  outputs: Record<string, unknown>,
  stack: string,
): Pick<StoreConnection, "table" | "productsTable" | "stockTable"> {
  const { regionsTable, productsTable, stockTable } = outputs;
  if (typeof regionsTable !== "string") {
    throw new Error(`Stack ${stack} has no output regionsTable. Give --table NAME --regions us-east-1,us-west-2.`);
  }
  const named = (output: unknown) => (typeof output === "string" ? output : undefined);
  return { table: regionsTable, productsTable: named(productsTable), stockTable: named(stockTable) };
}
