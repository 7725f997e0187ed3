import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Deployment } from "./deployment/deployment";

/** Record of the running store, for the other commands of the project. */
export interface RunningStore {
  /** Process id of the store. */
  pid: number;
  consoleUrl: string;
  /** One a Region, the primary first. */
  deployments: Deployment[];
}

/** Path of that record: in the data folder, if the store was started with `--data`. */
export function runningStoreFile(dataDir?: string): string {
  return join(dataDir ?? resolve(__dirname, "..", ".stayopen"), "local-run.json");
}

/** Returns the running store, if any. Throws if a data folder is given and no store runs with it. */
export function runningStore(dataDir?: string): RunningStore | undefined {
  const file = runningStoreFile(dataDir);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as RunningStore;
  if (dataDir === undefined) return undefined;
  throw new Error(`No store runs with the data in ${dataDir}: start it with "npm start -- --data ${dataDir}".`);
}
