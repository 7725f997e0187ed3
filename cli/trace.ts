import * as fs from "node:fs";
import * as path from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { BUILD_DIRECTORY } from "../components/inlineFunction/bundle/bundle";
import { GLUE_SOURCE } from "../components/inlineFunction/bundle/sourceMap";
import { runCommand } from "./runCommand";

/** A position in a bundle as V8 prints it, such as `orders-submit-0123456789abcdef.js:1:2345`. */
const POSITION_IN_BUNDLE = /[\w-]+-([0-9a-f]{16})\.js:(\d+):(\d+)/g;

/**
 * Replaces positions in bundles by positions in their sources, in a log or a stack trace. Positions without a map stay.
 *
 * @param directory folder of the bundles, to be kept with the release.
 */
export function translateTrace(text: string, directory = BUILD_DIRECTORY): string {
  const maps = new Map<string, TraceMap | undefined>();
  return text.replace(POSITION_IN_BUNDLE, (place, hash: string, line: string, column: string) => {
    if (!maps.has(hash)) maps.set(hash, mapOf(path.join(directory, hash, "index.js.map")));
    const map = maps.get(hash);
    const found = map && originalPositionFor(map, { line: Number(line), column: Number(column) - 1 });
    return found?.source && !found.source.includes(GLUE_SOURCE)
      ? `${found.source}:${found.line}:${found.column + 1}`
      : place;
  });
}

function mapOf(file: string): TraceMap | undefined {
  return fs.existsSync(file) ? new TraceMap(fs.readFileSync(file, "utf8")) : undefined;
}

function read(file: string | number): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    // Node.js names no folder that it was to read as a file.
    throw Object.assign(error as Error, { path: String(file) });
  }
}

const usage = `Usage: npm run trace -- [FILE…]

Prints files, or standard input, with positions in bundles translated to positions in their sources.

  --build FOLDER  folder of the bundles, kept with the release (default: this checkout's)
`;

async function main({ build }: { build?: string }, files: string[]): Promise<void> {
  if (build !== undefined && !fs.existsSync(build))
    throw new Error(`There is no folder ${build}: name the one of the bundles.`);
  const texts = (files.length > 0 ? files : [0]).map(read);
  process.stdout.write(texts.map((text) => translateTrace(text, build)).join(""));
}

if (require.main === module) runCommand({ usage, options: { build: { type: "string" } } }, main);
