import { Session } from "node:inspector/promises";
import { relative } from "node:path";

/** Blocks of one source file: V8 splits functions at branches. */
export interface FileCoverage {
  file: string;
  blocks: number;
  reached: number;
}

const ROOT = `${__dirname.replace(/\/tests\/kit\/simulator$/, "")}/`;
/** The code that works on orders and takes them over. */
const MEASURED =
  /^(components\/(orderService|regionalFailover|runtime)\/(functions|handlers|payment|shipping|notifications|httpContract|[a-zA-Z]+\.ts)|domain\/(order|region|stock)\/)/;

/** Counts which blocks of the store's order code run, from now on in this process. Start it before that code is loaded. */
export async function startCoverage(): Promise<() => Promise<FileCoverage[]>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return async () => {
    const { result } = await session.post("Profiler.takePreciseCoverage");
    session.disconnect();
    return result.flatMap(({ url, functions }) => {
      const file = relative(ROOT, url.replace(/^file:\/\//, ""));
      if (!MEASURED.test(file)) return [];
      const blocks = functions.flatMap(({ ranges }) => ranges);
      return [{ file, blocks: blocks.length, reached: blocks.filter(({ count }) => count > 0).length }];
    });
  };
}

/** Joins the counts of several processes by the best of each file: they load the same code. */
export function mergeCoverage(all: readonly FileCoverage[][]): FileCoverage[] {
  const files = new Map<string, FileCoverage>();
  for (const each of all.flat()) {
    const known = files.get(each.file);
    if (!known || each.reached / each.blocks > known.reached / known.blocks) files.set(each.file, each);
  }
  return [...files.values()].sort((first, second) => (first.file < second.file ? -1 : 1));
}
