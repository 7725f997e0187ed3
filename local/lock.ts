import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { lockFileOf, openDataFolder } from "./dataFolder";

/** The process that uses a data folder. */
interface Holder {
  pid: number;
  /** Start time of the process in the kernel's ticks: distinguishes it from a later process with the same id. */
  startedAt?: string;
  /** The store's address, once there is one. */
  url?: string;
  /** The console's address, once there is one. */
  consoleUrl?: string;
}

/** A data folder that belongs to this process. */
export interface Lock {
  /** Publishes the addresses for the error of a second start. */
  publish(url: string, consoleUrl: string): void;
  release(): void;
}

/**
 * Locks a data folder for this process. A lock of a process that has ended is ignored.
 *
 * @throws {Error} with one sentence if another local run holds it, or the folder cannot be used.
 */
export function lockFolder(folder: string): Lock {
  openDataFolder(folder);
  const file = lockFileOf(folder);
  const holder: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  if (!tryWrite(file, holder)) {
    const other = holderIn(file);
    if (other !== undefined && isRunning(other)) {
      const where = other.url ? `at ${other.url} ` : "";
      throw new Error(
        `The store is already running ${where}(process ${other.pid}): stop it with Ctrl-C in its terminal.`,
      );
    }
    rmSync(file, { force: true });
    if (!tryWrite(file, holder))
      throw new Error("Another start of the store took the data folder at the same moment: try again.");
  }
  return {
    publish: (url, consoleUrl) => writeFileSync(file, JSON.stringify({ ...holder, url, consoleUrl })),
    release: () => rmSync(file, { force: true }),
  };
}

function tryWrite(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

function holderIn(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined; // the holder ended while writing, or released the lock
  }
}

function isRunning({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return startedAt === undefined || startOf(pid) === startedAt;
}

/** Field 22 of /proc/PID/stat; `undefined` without such a file. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
