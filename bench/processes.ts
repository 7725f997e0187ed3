import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/** A process in Linux's `proc(5)`. */
export interface ProcessTimes {
  parent: number;
  /** Processor seconds of the process and its ended children. */
  seconds: number;
  endedSeconds: number;
}

const TICKS_A_SECOND = 100;

/** Reads a process; undefined if it does not exist, and on other systems than Linux. */
export function timesOf(pid: number): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before it may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map((index) =>
      Number(fields[index]),
    );
    return {
      parent,
      seconds: (user + system) / TICKS_A_SECOND,
      endedSeconds: (endedUser + endedSystem) / TICKS_A_SECOND,
    };
  } catch {
    return undefined;
  }
}

export const secondsOf = (pid: number): number => timesOf(pid)?.seconds ?? Number.NaN;

export const memoryMiBOf = (pid: number): number => {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024);
  } catch {
    return Number.NaN;
  }
};

/** All current processes. */
export function processes(): Map<number, ProcessTimes> {
  const known = new Map<number, ProcessTimes>();
  for (const name of readdirSync("/proc")) {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : undefined;
    if (times) known.set(Number(name), times);
  }
  return known;
}

/** Processor seconds of a process and its descendants, ended ones included. */
export function secondsBelow(pid: number, known: ReadonlyMap<number, ProcessTimes> = processes()): number {
  const { seconds = 0, endedSeconds = 0 } = known.get(pid) ?? {};
  let sum = seconds + endedSeconds;
  for (const [child, { parent }] of known) if (parent === pid) sum += secondsBelow(child, known);
  return sum;
}

/** Busy seconds of all processors since the machine started. */
export function machineSeconds(): number {
  return cpus().reduce((sum, { times: { idle, ...work } }) => {
    return sum + Object.values(work).reduce((all, ms) => all + ms, 0) / 1_000;
  }, 0);
}
