/** `npm run bench:evaluation`: what evaluating the program of one stack costs, beside a program that only imports the same packages. */
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

/** How TypeScript is loaded: as the local run does, which compiles each file once, and as `pulumi up` does. */
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
    // What is remembered from one run to the next is remembered from here on.
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

/** Evaluates the store's program once to see what it imports and makes, and answers how many resources that are. */
function writePrograms(): number {
  mkdirSync(directory, { recursive: true });
  evaluated("compiled beforehand", ["index.ts", record!]);
  const recorded = JSON.parse(readFileSync(record!, "utf8")) as Recorded;
  writeFileSync(imports!, importsAlone(recorded));
  writeFileSync(resources!, resourcesAlone(recorded, resolve("untraced")));
  return recorded.resources.length;
}

function evaluated(loader: Loader, program: string[]): Evaluated {
  const output = execFileSync(process.execPath, ["-r", LOADERS[loader], join(__dirname, "evaluate.ts"), ...program], {
    encoding: "utf8",
    stdio: "pipe",
    // V8's own memory of compiled code would hide what loading costs.
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" },
  });
  return JSON.parse(output.slice(output.lastIndexOf("{"))) as Evaluated;
}

run(() => main().finally(() => rmSync(directory, { recursive: true, force: true })));
