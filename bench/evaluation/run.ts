/** `npm run bench:evaluation`: time to evaluate the program of one stack, compared with a program that only imports the same packages. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { count, machine, median, ratioOf, run, spread, table } from "../table";
import type { Evaluated } from "./evaluate";
import { importsAlone, type Recorded, resourcesAlone } from "./programs";

const usage = `Usage: npm run bench:evaluation -- [options]

  --runs N    evaluations of each program; default 9
`;

/** Loaders of TypeScript: the local run's, which compiles each file once, and that of `pulumi up`. */
const LOADERS = {
  "compiled beforehand": "./local/loadTypeScript.js",
  "transpile-only": "ts-node/register/transpile-only",
};
type Loader = keyof typeof LOADERS;

/** Inside the project, so that the programs find its packages. */
const directory = resolve(".stayopen", "bench", String(process.pid));
const [imports, resources, record] = ["imports.ts", "resources.ts", "record.json"].map((name) => join(directory, name));

const PROGRAMS: [string, string[]][] = [
  ["only the imports (baseline)", [imports!]],
  ["the same resources, arguments written out", [resources!]],
  ["the program, functions not bundled", ["index.ts"]],
  ["the program, bundles kept from before", ["index.ts", "--bundles"]],
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: "string", default: "9" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return console.log(usage);
  const runs = count("--runs", values.runs);
  const heading = machine();
  const made = writePrograms();
  for (const loader of Object.keys(LOADERS) as Loader[]) {
    // The first run fills the caches.
    for (const [, program] of PROGRAMS) evaluated(loader, program);
    const measured = PROGRAMS.map((): Evaluated[] => []);
    for (let round = 0; round < runs; round++)
      for (const [index, [, program]] of PROGRAMS.entries()) measured[index]!.push(evaluated(loader, program));
    const cpu = measured.map((each) => each.map(({ cpuMs }) => cpuMs));
    const clock = measured.map((each) => each.map(({ ms }) => ms));
    console.log(
      `\n${loader}: ${made} resources, ${heading}; medians of ${runs} (least–most), ratios of runs side by side.\n`,
    );
    console.log(
      table(
        [loader, "CPU ms", "ratio", "ms by the clock", "ratio"],
        PROGRAMS.map(([name], index) => [
          name,
          spread(cpu[index]!, 0),
          ratioOf(cpu[index]!, cpu[0]!).toFixed(2),
          median(clock[index]!).toFixed(0),
          ratioOf(clock[index]!, clock[0]!).toFixed(2),
        ]),
      ),
    );
  }
}

/** Evaluates the store's program once to record its imports and resources. Returns the number of resources. */
function writePrograms(): number {
  mkdirSync(directory, { recursive: true });
  evaluated("compiled beforehand", ["index.ts", record!]);
  const recorded = JSON.parse(readFileSync(record!, "utf8")) as Recorded;
  writeFileSync(imports!, importsAlone(recorded));
  writeFileSync(resources!, resourcesAlone(recorded, resolve("disablePromiseTraces")));
  return recorded.resources.length;
}

function evaluated(loader: Loader, program: string[]): Evaluated {
  const output = execFileSync(process.execPath, ["-r", LOADERS[loader], join(__dirname, "evaluate.ts"), ...program], {
    encoding: "utf8",
    stdio: "pipe",
    // V8's cache of compiled code would hide the cost of loading.
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" },
  });
  return JSON.parse(output.slice(output.lastIndexOf("{"))) as Evaluated;
}

run(() => main().finally(() => rmSync(directory, { recursive: true, force: true })));
