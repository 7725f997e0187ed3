import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Deployment } from "./deployment/deployment";

/** What the running store says about itself to the other commands of the project. */
export interface RunningStore {
  /** Process id of the store. */
  pid: number;
  consoleUrl: string;
  /** One a Region, the primary first. */
  deployments: Deployment[];
}

/** Where the running store says it: in its data folder, if it was started with one of its own (`--data`). */
export function runningStoreFile(dataDir?: string): string {
  return join(dataDir ?? resolve(__dirname, "..", ".stayopen"), "local-run.json");
}

/** The store that runs here, if one does. Throws one sentence when a data folder is given and no store runs on it. */
export function runningStore(dataDir?: string): RunningStore | undefined {
  const file = runningStoreFile(dataDir);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as RunningStore;
  if (dataDir === undefined) return undefined;
  throw new Error(`No store runs with the data in ${dataDir}: start it with "npm start -- --data ${dataDir}".`);
}
