import { mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";

/** Makes an empty folder for the data of one benchmark, `.stayopen/bench/NAME`: a run replaces what an interrupted one has left. */
export function emptyFolder(name: string): string {
  const folder = resolve(__dirname, "..", ".stayopen", "bench", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
