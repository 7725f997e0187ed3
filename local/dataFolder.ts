import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files and folders of a run, in one Region or in two. */
const OWN = [
  "us-east-1",
  "us-west-2",
  "providers",
  "certificates",
  "sessions",
  "settings.json",
  "local-run.json",
  "local-run.log",
  "access.log",
  "deployed.json",
  "deployed-prod-east.json",
  "deployed-prod-west.json",
];
const LOCK = "lock.json";

/**
 * Creates a data folder if it is missing, and closes it to other users: it holds keys, tokens and orders.
 *
 * @throws {Error} with one sentence if it cannot be used, or has other files only: closing a home folder or `/tmp` would do harm.
 */
export function openDataFolder(folder: string): void {
  try {
    makeFolder(folder);
    const entries = readdirSync(folder);
    if (entries.length > 0 && !entries.some((entry) => entry === LOCK || OWN.includes(entry))) {
      throw new Error("it has files, and none of a store");
    }
    // An earlier run may have made it readable for other users.
    chmodSync(folder, 0o700);
  } catch (error) {
    throw new Error(
      `The data folder ${folder} can't be used (${error instanceof Error ? error.message : error}): give an empty or a new one with --data.`,
    );
  }
}

/** Does what the option `recursive` of `mkdirSync` does, which never ends in a folder that takes no others, such as `/proc`. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** Removes the files of a run, and leaves any other file in the folder. */
export function emptyDataFolder(folder: string): void {
  for (const entry of OWN) rmSync(join(folder, entry), { recursive: true, force: true });
}

/** File by which a process locks a data folder. */
export const lockFileOf = (folder: string): string => join(folder, LOCK);
