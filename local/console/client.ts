import { existsSync, readFileSync } from "node:fs";
import { type RunningStore, runningStoreFile } from "../runningStore";
import type { Action } from "./actions";

/** The longest action is `return`, which rebuilds the search index. */
const LIMIT_MS = 120_000;

/**
 * Asks the console of the running store, for commands in another terminal.
 *
 * @param dataDir data folder of the store. Default: the store that was started without one.
 * @param start command that starts such a store, for the sentence if none runs.
 * @throws Error with one sentence.
 */
export async function askConsole(
  dataDir: string | undefined,
  path: string,
  { action, start = "npm start" }: { action?: Action; start?: string } = {},
): Promise<unknown> {
  const file = runningStoreFile(dataDir);
  if (!existsSync(file)) throw new Error(`The store is not running: start it with "${start}".`);
  const { consoleUrl } = JSON.parse(readFileSync(file, "utf8")) as RunningStore;
  const response = await fetch(`${consoleUrl}${path}`, {
    ...(action && {
      method: "POST",
      body: JSON.stringify(action),
      headers: { "content-type": "application/json", origin: consoleUrl },
    }),
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch(() => {
    throw new Error(
      `The store's console at ${consoleUrl} does not answer: if the store has ended, start it again with "${start}".`,
    );
  });
  const answer = (await response.json()) as { detail?: string };
  if (!response.ok) throw new Error(answer.detail ?? `The console answered ${response.status}.`);
  return answer;
}
