import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { runningStore } from "../local/runningStore";
import type { RegionConnection } from "./regions/connection";
import type { Item } from "./restore/compareTables";
import { Refused, type Rehearsed, rehearse } from "./restore/rehearse";
import { runCommand } from "./runCommand";
import { readStackOutputs } from "./stackOutputs";

const USAGE = `Usage: npm run rehearse-restore -- [TABLE …] [options]

Restores copies of tables, compares them with the live tables item by item, prints the time that it took, and deletes the copies.
The live tables are only read.

  TABLE               names of tables (default: all tables of the store with point-in-time recovery)
  --by past           restores from point-in-time recovery (default)
  --by backup         restores from a new backup, for tables without point-in-time recovery, such as the development stack's
  --at 2026-11-22T03:00:00Z
                      time to restore (default: the latest)
  --sample N          compares N items in each direction (default: all)
  --strict            fails if any item differs; for tables without concurrent writes
  --keep              keeps the copies

Store (default: the first Region of the local run):
  --data FOLDER       the local run that was started with the same option
  --stack NAME        a deployed Pulumi stack
  --region REGION     Region of TABLE, or one of the local run's Regions
  --endpoint URL      URL of an emulator
`;

const LISTED = 10;

const options = {
  by: { type: "string", default: "past" },
  at: { type: "string" },
  sample: { type: "string" },
  strict: { type: "boolean", default: false },
  keep: { type: "boolean", default: false },
  data: { type: "string" },
  stack: { type: "string" },
  region: { type: "string" },
  endpoint: { type: "string" },
} as const;

runCommand({ usage: USAGE, options }, async (flags, named) => {
  const { by } = flags;
  if (by !== "past" && by !== "backup") throw new Refused(`--by is "${by}"; it must be past or backup.`);
  const at = momentOf(flags.at);
  if (at && by === "backup")
    throw new Refused("--at needs --by past, because --by backup restores a new backup. Leave one of them out.");
  const sample = countOf(flags.sample);
  const { connection, tables } = storeOf(flags, named);
  const client = new DynamoDB({
    ...connection,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  if (connection.endpoint) {
    console.log(
      "The emulator restores the current state of a table at once. Not emulated: earlier times, the duration on AWS, keys, vaults and permissions.",
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
});

/** Formats the result of a rehearsal. */
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
    `  ${done.copied} items in the copy, ${done.live} in the table, ${done.same} equal.`,
    ...list("changed since then", changed),
    ...list("deleted since then", gone),
    ...list("created since then", missing),
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
    const outputs = readStackOutputs(stack, "TABLE --region REGION");
    return {
      connection: { region: region ?? textOf(outputs["storeRegions"], stack) },
      tables: tablesOf(outputs, named),
    };
  }
  const running = runningStore(data)?.deployments ?? [];
  if (region && (endpoint || named.length > 0)) {
    if (named.length === 0) throw new Refused("The table is missing. Give TABLE, or --stack NAME of a deployed stack.");
    const credentials = endpoint ? { accessKeyId: "test", secretAccessKey: "test" } : undefined;
    if (endpoint || !running.some((one) => one.region === region)) {
      return { connection: { region, endpoint, credentials }, tables: named };
    }
  }
  const local = running.find((one) => region === undefined || one.region === region);
  if (!local) {
    throw new Refused(
      "No store was found. Start the local run (npm start), or give --stack NAME of a deployed stack, or TABLE --region REGION.",
    );
  }
  const { endpoint: emulator, credentials } = local;
  return {
    connection: { region: local.region, endpoint: emulator, credentials },
    tables: tablesOf(local.outputs, named),
  };
}

function tablesOf({ recoverableTables }: Record<string, unknown>, named: string[]): string[] {
  if (named.length > 0) return named;
  const tables = Object.values(Object(recoverableTables)).map(String);
  if (tables.length === 0) throw new Refused("The stack has no output recoverableTables. Give TABLE.");
  return tables;
}

function textOf(regions: unknown, stack: string): string {
  if (Array.isArray(regions) && typeof regions[0] === "string") return regions[0];
  throw new Refused(`Stack ${stack} has no output storeRegions. Give --region REGION.`);
}

function momentOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime()) || !/^\d{4}-\d\d-\d\dT.*Z$/.test(text)) {
    throw new Refused(`--at is "${text}"; it must be a time in UTC, such as 2026-11-22T03:00:00Z.`);
  }
  return moment;
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1))
    throw new Refused(`--sample is "${text}"; it must be a whole number of at least 1.`);
  return count;
}
