/** `npm run bench:start`: time from `npm start` until the store is open, after the first set-up. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { RunningStore } from "../../local/runningStore";
import { emptyFolder } from "../folder";
import { secondsBelow } from "../processes";
import { count, machine, run, spread, table } from "../table";

const usage = `Usage: npm run bench:start -- [options]

  --runs N         starts of each kind; default 5
  --regions LIST   1, 2 or both; default 1,2
`;

/** Budget of a start in seconds, by the number of Regions. */
const BUDGET: Record<string, number> = { "1": 20, "2": 35 };

interface Start {
  /** Time until the store prints that it is open, with npm and the check of the set-up. */
  open: number;
  /** Time until the storefront's page and a search have responded at the store's URL. */
  page: number;
  search: number;
  /** Processor seconds of all started processes until the store was open. */
  processor: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "5" },
      regions: { type: "string", default: "1,2" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const runs = count("--runs", values.runs);
  const regions = values.regions.split(",");
  for (const number of regions)
    if (!(number in BUDGET)) throw new RangeError(`--regions is "${values.regions}"; it must be 1, 2 or 1,2.`);

  const heading = machine();
  const rows: string[][] = [];
  for (const number of regions) {
    const [first, again]: Start[][] = [[], []];
    // The first start fills the caches and does not count.
    for (let round = 0; round <= runs; round++) {
      const data = emptyFolder("start");
      try {
        for (const kind of [first!, again!]) {
          const one = await start(number, data);
          console.error(`${number} Region(s): open after ${one.open.toFixed(1)} s`);
          if (round > 0) kind.push(one);
        }
      } finally {
        rmSync(data, { recursive: true, force: true });
      }
    }
    const what = number === "1" ? "one Region" : "two Regions";
    rows.push(rowOf(`${what}, empty`, first!, number), rowOf(`${what}, with the data of the last run`, again!, number));
  }
  console.log(`${heading}; seconds, median (least–most) of ${runs}.\n`);
  console.log(
    table(["npm start", "open", "budget", "page there", "a search finds", "CPU-s, all processes, until open"], rows),
  );
}

function rowOf(what: string, starts: readonly Start[], regions: string): string[] {
  const of = (part: keyof Start) =>
    spread(
      starts.map((start) => start[part]),
      1,
    );
  return [what, of("open"), String(BUDGET[regions]), of("page"), of("search"), of("processor")];
}

async function start(regions: string, data: string): Promise<Start> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  const npm = spawn("npm", ["start", "--", "--regions", regions, "--port", "0", "--data", data], {
    cwd: resolve(__dirname, "..", ".."),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((done) => npm.once("exit", () => done()));
  const url = await openAt(npm);
  const open = seconds();
  const processor = secondsBelow(npm.pid!);
  try {
    await answered(url);
    const page = seconds();
    while (!/"productId"/.test(await answered(`${url}/api/catalogue/search?q=kettle`))) await sleep(20);
    return { open, page, search: seconds(), processor };
  } finally {
    // npm would pass the signal to a shell; sent to the store itself, it saves its state.
    const { pid } = JSON.parse(readFileSync(join(data, "local-run.json"), "utf8")) as RunningStore;
    process.kill(pid, "SIGTERM");
    await ended;
  }
}

/** Waits until the store is open. Returns its URL. */
function openAt(npm: ChildProcess): Promise<string> {
  return new Promise((resolveUrl, reject) => {
    const said: string[] = [];
    let isOpen = false;
    for (const stream of [npm.stdout!, npm.stderr!])
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        isOpen ||= line.startsWith("The store is open");
        const [, url] = /^ {2}Store +(\S+)$/.exec(line) ?? [];
        if (isOpen && url) resolveUrl(url);
      });
    npm.once("error", reject);
    npm.once("exit", () => reject(new Error(`The store did not open:\n${said.slice(-20).join("\n")}`)));
  });
}

async function answered(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`${url} returned ${answer.status}.`);
  return await answer.text();
}

run(main);
