import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who runs on a data folder. */
interface Holder {
  pid: number;
  /** When that process started, in the kernel's own count: a number that a later process with the same id does not have. */
  startedAt?: string;
  /** The store's address, once there is one. */
  url?: string;
  /** The console's, likewise. */
  consoleUrl?: string;
}

/** A data folder that belongs to this process. */
export interface Lock {
  /** Tells a second start where this one is, and `npm run chaos -- --data FOLDER` whom to ask. */
  tell(url: string, consoleUrl: string): void;
  release(): void;
}

/**
 * Takes a data folder for this process. What a killed process left behind does not count.
 *
 * @throws {Error} with one sentence when a local run has it.
 */
export function lockFolder(folder: string): Lock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Keys, tokens and orders are inside. An earlier run may have made it for everyone.
  chmodSync(folder, 0o700);
  const file = join(folder, "lock.json");
  const holder: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  if (!tryWrite(file, holder)) {
    const other = holderIn(file);
    if (other !== undefined && isRunning(other)) {
      const where = other.url ? `at ${other.url} ` : "";
      throw new Error(
        `The store runs already ${where}(process ${other.pid}): stop that one first, with Ctrl-C in its terminal.`,
      );
    }
    rmSync(file, { force: true });
    if (!tryWrite(file, holder)) throw new Error("Another start of the store was quicker: try again.");
  }
  return {
    tell: (url, consoleUrl) => writeFileSync(file, JSON.stringify({ ...holder, url, consoleUrl })),
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
    return undefined; // it ended in the middle of writing, or just now
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

/** Field 22 of /proc/PID/stat; nothing where there is no such file. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
