import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { runningStore } from "../local/runningStore";
import type { RegionConnection } from "./regions/connection";
import type { Item } from "./restore/compareTables";
import { Refused, type Rehearsed, rehearse } from "./restore/rehearse";

const USAGE = `Usage: npm run rehearse-restore -- [TABLE …] [options]

Restores tables beside themselves, compares them with the live ones item by item, tells how long it took, and deletes the
copies. The live tables are only read.

  TABLE               names of tables; by default all of the store that have a past
  --by past           from point-in-time recovery (default)
  --by backup         from a backup made for it: the development stack has no past
  --at 2026-11-22T03:00:00Z
                      the moment to restore; by default the latest
  --sample N          compare N items in each direction, not all
  --strict            end with an error when anything differs; for a table that nobody writes to meanwhile
  --keep              leave the copies

Which store (by default the local run's first Region):
  --data FOLDER       the local run that was started with the same option
  --stack NAME        a deployed Pulumi stack
  --region REGION     where TABLE is, without a stack; with two Regions of the local run, which one
  --endpoint URL      of an emulator
`;

const LISTED = 10;

async function main(): Promise<void> {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      by: { type: "string", default: "past" },
      at: { type: "string" },
      sample: { type: "string" },
      strict: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      data: { type: "string" },
      stack: { type: "string" },
      region: { type: "string" },
      endpoint: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (flags.help) return console.log(USAGE);
  const { by } = flags;
  if (by !== "past" && by !== "backup") throw new Refused(`--by is "${by}": give past or backup.`);
  const at = momentOf(flags.at);
  if (at && by === "backup") throw new Refused("--at is for --by past: a backup is of the moment that it is made.");
  const sample = countOf(flags.sample);
  const { connection, tables } = storeOf(flags, positionals);
  const client = new DynamoDBClient({
    ...connection,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  if (connection.endpoint) {
    console.log(
      "The emulator has no past: it restores a table as it is now, at once. Not rehearsed here: an earlier moment, the time that AWS takes, keys, vaults and rights.",
    );
  }
  let differing = 0;
  for (const table of tables) {
    const pauseMs = connection.endpoint ? 100 : undefined;
    const done = await rehearse({
      client,
      table,
      by,
      at,
      sample,
      keep: flags.keep,
      pauseMs,
      onProgress: (line) => console.log(line),
    });
    console.log(reportOf(done, flags.keep));
    differing += done.changed.length + done.gone.length + done.missing.length;
  }
  if (flags.strict && differing > 0) throw new Refused(`${differing} items differ.`);
}

/** What was found, for a person. */
function reportOf(done: Rehearsed, keep: boolean): string {
  const { changed, gone, missing } = done;
  const list = (what: string, keys: Item[]) =>
    keys.length === 0
      ? []
      : [
          `  ${keys.length} ${what}:`,
          ...keys.slice(0, LISTED).map(
            (key) =>
              `    ${Object.values(key)
                .map((part) => part.S ?? part.N)
                .join(" ")}`,
          ),
          ...(keys.length > LISTED ? [`    … and ${keys.length - LISTED} more`] : []),
        ];
  return [
    `${done.table}${done.restoredTo ? `, as of ${done.restoredTo.toISOString()}` : ""}: restored in ${done.restoreSeconds} s, compared in ${done.compareSeconds} s.`,
    `  ${done.copied} items in the copy, ${done.live} in the table, ${done.same} alike.`,
    ...list("changed since that moment", changed),
    ...list("deleted since", gone),
    ...list("written since", missing),
    keep ? `  The copy is kept: aws dynamodb delete-table --table-name ${done.copy}` : "  The copy is deleted.",
  ].join("\n");
}

interface Flags {
  data?: string;
  stack?: string;
  region?: string;
  endpoint?: string;
}

function storeOf(flags: Flags, named: string[]): { connection: RegionConnection; tables: string[] } {
  const { data, stack, region, endpoint } = flags;
  if (stack) {
    const outputs = outputsOf(stack);
    return {
      connection: { region: region ?? textOf(outputs["storeRegions"], stack) },
      tables: tablesOf(outputs, named),
    };
  }
  const running = runningStore(data)?.deployments ?? [];
  if (region && (endpoint || named.length > 0)) {
    if (named.length === 0) throw new Refused("Which table? Name one, or give --stack NAME of a deployed stack.");
    const credentials = endpoint ? { accessKeyId: "test", secretAccessKey: "test" } : undefined;
    if (endpoint || !running.some((one) => one.region === region)) {
      return { connection: { region, endpoint, credentials }, tables: named };
    }
  }
  const local = running.find((one) => region === undefined || one.region === region);
  if (!local) {
    throw new Refused(
      "Which store? Start the local run (npm start), or give --stack NAME of a deployed stack, or a TABLE and its --region.",
    );
  }
  const { endpoint: emulator, credentials } = local;
  return {
    connection: { region: local.region, endpoint: emulator, credentials },
    tables: tablesOf(local.outputs, named),
  };
}

function outputsOf(stack: string): Record<string, unknown> {
  const { status, stdout, stderr, error } = spawnSync("pulumi", ["stack", "output", "--json", "--stack", stack], {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (error || status !== 0) {
    throw new Refused(
      `The outputs of stack ${stack} can't be read: ${(error?.message ?? stderr).trim().split("\n")[0]} Without Pulumi: TABLE --region REGION.`,
    );
  }
  return JSON.parse(stdout);
}

function tablesOf({ recoverableTables }: Record<string, unknown>, named: string[]): string[] {
  if (named.length > 0) return named;
  const tables = Object.values(Object(recoverableTables)).map(String);
  if (tables.length === 0) throw new Refused("The stack has no output recoverableTables: name a table.");
  return tables;
}

function textOf(regions: unknown, stack: string): string {
  if (Array.isArray(regions) && typeof regions[0] === "string") return regions[0];
  throw new Refused(`Stack ${stack} has no output storeRegions: give --region REGION.`);
}

function momentOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime()) || !/^\d{4}-\d\d-\d\dT.*Z$/.test(text)) {
    throw new Refused(`--at is "${text}": give a moment in UTC, such as 2026-11-22T03:00:00Z.`);
  }
  return moment;
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1)) throw new Refused(`--sample is "${text}": give a number from 1 on.`);
  return count;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
