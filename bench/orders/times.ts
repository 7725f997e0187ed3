import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** A call recorded by the emulator (local/aws/emulator/times.py). */
type Line =
  | { function: string; ms: number; processMs: number; handlerMs: number; waitedMs: Record<string, number> }
  | { action: string; ms: number };

/** Totals of one function's calls. */
export interface FunctionTimes {
  calls: number;
  /** Total time, from the search for a free process on. */
  ms: number;
  /** Part of it from passing the event to the process until its response is read. */
  processMs: number;
  /** Part of that in the handler. */
  handlerMs: number;
  /** Part of that waiting for its own calls, by action. */
  waitedMs: Record<string, number>;
}

export interface Times {
  functions: Record<string, FunctionTimes>;
  /** The emulator's time per DynamoDB action. */
  actions: Record<string, { calls: number; ms: number }>;
}

export const endOf = (file: string): number => statSync(file).size;

/** Sums up the entries between two positions of the file. */
export function timesIn(file: string, from: number, to?: number): Times {
  const times: Times = { functions: {}, actions: {} };
  for (const text of linesOf(file, from, to)) {
    const line = JSON.parse(text) as Line;
    if ("action" in line) {
      times.actions[line.action] ??= { calls: 0, ms: 0 };
      const of = times.actions[line.action]!;
      of.calls++;
      of.ms += line.ms;
    } else {
      times.functions[line.function] ??= { calls: 0, ms: 0, processMs: 0, handlerMs: 0, waitedMs: {} };
      const of = times.functions[line.function]!;
      of.calls++;
      for (const part of ["ms", "processMs", "handlerMs"] as const) of[part] += line[part];
      for (const [action, ms] of Object.entries(line.waitedMs)) of.waitedMs[action] = (of.waitedMs[action] ?? 0) + ms;
    }
  }
  return times;
}

function linesOf(file: string, from: number, to?: number): string[] {
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.alloc((to ?? fstatSync(handle).size) - from);
    readSync(handle, bytes, 0, bytes.length, from);
    return bytes.toString("utf8").split("\n").filter(Boolean);
  } finally {
    closeSync(handle);
  }
}

/** Parts of an order's response time in milliseconds, the total first. Each part is inside the last one with a smaller indent. */
export function partsOf(meanMs: number, orders: number, authorizer: FunctionTimes, submit: FunctionTimes) {
  const an = (ms: number) => ms / orders;
  const waited = Object.values(submit.waitedMs).reduce((sum, ms) => sum + ms, 0);
  return {
    answer: meanMs,
    gateway: meanMs - an(authorizer.ms + submit.ms),
    authorizer: an(authorizer.ms),
    authorizerHandler: an(authorizer.handlerMs),
    submit: an(submit.ms),
    submitProcess: an(submit.ms - submit.processMs),
    submitHandingOver: an(submit.processMs - submit.handlerMs),
    submitOwn: an(submit.handlerMs - waited),
    catalogueRead: an(submit.waitedMs["BatchGetItem"] ?? 0),
    transaction: an(submit.waitedMs["TransactWriteItems"] ?? 0),
    otherCalls: an(waited - (submit.waitedMs["BatchGetItem"] ?? 0) - (submit.waitedMs["TransactWriteItems"] ?? 0)),
  };
}
