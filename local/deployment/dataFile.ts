import { readFileSync } from "node:fs";

/**
 * Reads a JSON file of a data folder.
 *
 * @throws {Error} with one sentence if it is damaged, as by a full disk.
 */
export function readDataFile<Content extends object>(file: string): Content {
  const text = readFileSync(file, "utf8");
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === "object" && content !== null) return content as Content;
  } catch {
    // Reported below.
  }
  throw new Error(`The file ${file} is damaged: start with --fresh.`);
}
