import { createReadStream, statSync } from "node:fs";
import { createInterface } from "node:readline";

/** Totals of one function's calls. */
export interface FunctionUse {
  calls: number;
  failed: number;
  cold: number;
  memoryMb: number;
  /** Wall time on this machine, waits for the emulator included. */
  ms: number;
  /** Processor time of the function's process, without cold starts. */
  processorMs: number;
  logBytes: number;
}

/** Totals of one table's calls, in DynamoDB's request units. */
export interface TableUse {
  read: number;
  /** Transactions count twice. */
  write: number;
  /** Writes to secondary indexes, charged in each Region. */
  index: number;
  /** Writes to a replica, each counted once. */
  replicated: number;
}

/** Totals of the emulator's meter and access log. */
export interface Metered {
  /** By physical name. */
  functions: Record<string, FunctionUse>;
  tables: Record<string, TableUse>;
  /** Workflow transitions, by state. */
  states: Record<string, number>;
  /** Allowed calls of the functions' roles, by action; each item of a transaction counts. Text messages are `sns:Publish to a phone`. */
  calls: Record<string, number>;
  /** The same calls of tables, by the table's name. */
  tableCalls: Record<string, number>;
}

/** The files of a metered run, and the positions from which they count. */
export interface MeterFiles {
  meter: string;
  accessLog: string;
}

export type Place = Record<keyof MeterFiles, number>;

/** Current ends of the files. */
export function placeIn(files: MeterFiles): Place {
  return { meter: statSync(files.meter).size, accessLog: statSync(files.accessLog).size };
}

type Line =
  | {
      function: string;
      memoryMb: number;
      ms: number;
      processorMs: number;
      cold: boolean;
      failed: boolean;
      logBytes: number;
    }
  | ({ table: string } & TableUse)
  | { state: string };

/** Sums up the entries after `from`. */
export async function metered(files: MeterFiles, from: Place): Promise<Metered> {
  const sums: Metered = { functions: {}, tables: {}, states: {}, calls: {}, tableCalls: {} };
  for await (const text of linesOf(files.meter, from.meter)) addLine(sums, JSON.parse(text) as Line);
  for await (const text of linesOf(files.accessLog, from.accessLog)) {
    const { action, resource, allowed } = JSON.parse(text) as { action: string; resource: string; allowed: boolean };
    if (!allowed) continue;
    const what = action === "sns:Publish" && !resource.startsWith("arn:") ? `${action} to a phone` : action;
    sums.calls[what] = (sums.calls[what] ?? 0) + 1;
    const [, table] = /^arn:aws:dynamodb:.*:table\/([^/]+)/.exec(resource) ?? [];
    if (table !== undefined) sums.tableCalls[table] = (sums.tableCalls[table] ?? 0) + 1;
  }
  return sums;
}

function addLine({ functions, tables, states }: Metered, line: Line): void {
  if ("state" in line) states[line.state] = (states[line.state] ?? 0) + 1;
  else if ("table" in line) {
    tables[line.table] ??= { read: 0, write: 0, index: 0, replicated: 0 };
    const table = tables[line.table]!;
    for (const unit of ["read", "write", "index", "replicated"] as const) table[unit] += line[unit];
  } else {
    const { memoryMb } = line;
    functions[line.function] ??= { calls: 0, failed: 0, cold: 0, memoryMb, ms: 0, processorMs: 0, logBytes: 0 };
    const of = functions[line.function]!;
    of.calls++;
    if (line.failed) of.failed++;
    if (line.cold) of.cold++;
    of.ms += line.ms;
    of.processorMs += line.processorMs;
    of.logBytes += line.logBytes;
  }
}

async function* linesOf(file: string, start: number): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(file, { start }) })) if (line !== "") yield line;
}
