/**
 * Runs test groups side by side, each in a Mocha process of its own: `npm test`, or `npm run test:unit` and its like for one suite.
 * `npm test` also runs `npm run check` so, and leaves out what installs the package from a registry (`npm run test:package`). Files that share a started store are in one group. Prints the whole output of a group that failed, and a line for one that passed.
 */
import { spawn } from "node:child_process";
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, freemem, setPriority } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { timesOf } from "../../bench/processes";

const root = join(__dirname, "..", "..");
const logs = join(root, ".stayopen", "test-logs");

/** A group takes a few minutes at most; one in the background may have to wait for the others. */
const LIMIT_MS = 30 * 60_000;
const BACKGROUND_LIMIT_MS = 3 * LIMIT_MS;
/** Of a test in the background, longer than any test takes on processors of its own. */
const BACKGROUND_TIMEOUT_MS = 600_000;

type Suite = "unit" | "local" | "browser" | "package";

/** Packs the package, and installs it in projects, as its users do. */
const REUSE = "tests/integration/reuse/";

const SUITES: Record<Suite, { isPart(file: string): boolean; timeoutMs: number }> = {
  browser: { isPart: (file) => file.startsWith("tests/browser/"), timeoutMs: 300_000 },
  package: { isPart: (file) => file.startsWith(REUSE), timeoutMs: 300_000 },
  local: { isPart: (file) => /^tests\/(cli|integration|local)\//.test(file), timeoutMs: 300_000 },
  unit: { isPart: () => true, timeoutMs: 120_000 },
};

/** The checks without tests. */
const CHECK = "npm run check";

/** Computes for minutes; its tests have limits of their own. */
const SIMULATION = "tests/simulation/";

/** Its orders are late beside too many others. */
const DRILL = "tests/integration/failover/drill";

/**
 * Starts of the paths in each group, the longest-running groups first, whatever they compute; the drill before them. A file belongs to the
 * longest that fits. Files of a group with several starts run in that order.
 */
const GROUPS: readonly (string | readonly string[])[] = [
  SIMULATION,
  CHECK,
  DRILL,
  "tests/integration/orders/",
  "tests/browser/",
  "tests/integration/attacks/",
  // Half of its time it waits for time-outs.
  "tests/components/",
  "tests/browser/checkout/",
  // One quick store.
  ["tests/local/start/foreignPages", "tests/integration/services/stockOfTwoRegions", "tests/integration/docs/"],
  // One store that a Region is lost of.
  ["tests/browser/twoRegions/challenge", "tests/local/chaos"],
  "tests/browser/twoRegions/",
  // One store, whose Regions the last tests update.
  ["tests/integration/failover/", "tests/integration/releases/"],
  REUSE,
  // One store of two Regions at normal intervals; the last test leaves a Region dead.
  "tests/integration/services/",
  "tests/",
  "tests/components/inlineFunction/",
  // They share the preview of a stack.
  ["tests/pipeline/", "tests/policies/pack"],
  // They compile with the types of `@pulumi/aws`, which a process parses once.
  ["tests/docs/", "tests/components/contract", "tests/components/inlineFunction/grants"],
  "tests/local/aws/search/",
  "tests/local/aws/",
  "tests/integration/",
  "tests/local/aws/emulator/",
  "tests/local/engine/",
  "tests/local/start/",
  "tests/local/aws/replication/",
  "tests/local/",
  "tests/cli/",
  "tests/bench/",
  "tests/domain/",
];

/**
 * Groups that compute and wait for nothing that has a deadline. They run in the background, one for each processor, at a lower priority, on
 * what the others leave of the processors, so that these are busy to the end. The others begin with these groups once nothing else is left.
 */
const COMPUTING: ReadonlySet<string> = new Set([
  SIMULATION,
  CHECK,
  REUSE,
  "tests/",
  "tests/docs/",
  "tests/components/inlineFunction/",
  "tests/pipeline/",
  "tests/domain/",
]);
/** A quarter of each processor beside busy processes. */
const BACKGROUND_PRIORITY = 5;

interface Group {
  name: string;
  suite: Suite;
  files: string[];
}

interface Result {
  group: Group;
  passed: boolean;
  output: string;
  seconds: number;
  /** Of the group's processes that it has waited for; NaN on systems other than Linux. */
  processorSeconds: number;
}

const suiteOf = (file: string) => (Object.keys(SUITES) as Suite[]).find((suite) => SUITES[suite].isPart(file))!;

function listGroups(wanted: readonly string[]): Group[] {
  const unknown = wanted.find((name) => !(name in SUITES));
  if (unknown !== undefined) {
    const names = Object.keys(SUITES).join(", ");
    throw new Error(`There is no suite "${unknown}": name any of ${names}, or none for all but "package".`);
  }
  const starts = GROUPS.flat();
  const startOf = (file: string) =>
    starts
      .filter((start) => file.startsWith(start))
      .reduce((longest, one) => (one.length > longest.length ? one : longest));
  const files = globSync("tests/**/*.test.ts", { cwd: root })
    .sort()
    .filter((file) => (wanted.length === 0 ? suiteOf(file) !== "package" : wanted.includes(suiteOf(file))));
  return GROUPS.map((group) => [group].flat())
    .map(([name = "", ...others]): Group => {
      const members = [name, ...others].flatMap((start) => files.filter((file) => startOf(file) === start));
      return { name, suite: suiteOf(name), files: members };
    })
    .filter(({ name, files }) => files.length > 0 || (name === CHECK && wanted.length === 0));
}

function runGroup(group: Group, isInBackground: boolean): Promise<Result> {
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  const limitMs = isInBackground ? BACKGROUND_LIMIT_MS : LIMIT_MS;
  const timeoutMs = isInBackground ? BACKGROUND_TIMEOUT_MS : SUITES[group.suite].timeoutMs;
  const options = ["--timeout", String(timeoutMs), "--forbid-only", "--fail-zero"];
  const tests = [process.execPath, mocha, ...options, ...group.files];
  const [program = "", ...args] = group.name === CHECK ? CHECK.split(" ") : tests;
  const child = spawn(program, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  if (isInBackground && child.pid !== undefined) setPriority(child.pid, BACKGROUND_PRIORITY);
  const started = performance.now();
  let output = "";
  let processorSeconds = Number.NaN;
  child.on("exit", () => {
    processorSeconds = takeEndedSeconds();
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal !== null) output += `\n  ${group.name} was ended by ${signal}.\n`;
      mkdirSync(logs, { recursive: true });
      writeFileSync(join(logs, `${group.name.replaceAll(/[/ ]/g, "-")}.log`), output);
      resolve({
        group,
        passed: code === 0,
        output,
        seconds: (performance.now() - started) / 1000,
        processorSeconds,
      });
    });
  });
}

let endedSeconds = 0;

/** Reads the processor seconds of the processes that ended since it was last called: one group's, if called when each ends. */
function takeEndedSeconds(): number {
  const before = endedSeconds;
  endedSeconds = timesOf(process.pid)?.endedSeconds ?? Number.NaN;
  return endedSeconds - before;
}

/** Enough for a store of two Regions and its browser. */
const MEMORY_OF_A_GROUP = 4 * 2 ** 30;

/**
 * Watches the processors for a quarter of a minute. True if they were idle for 35 % of it, what runs in the background counted as idle, and
 * there is memory for another group. Many groups mostly wait, so more fit beside them; on a machine that is slow, or busy otherwise, they
 * would be late.
 */
async function isIdle(signal: AbortSignal): Promise<boolean> {
  const before = processorTimes();
  await sleep(15_000, undefined, { signal }).catch(() => undefined);
  const after = processorTimes();
  return after.spare - before.spare > 0.35 * (after.all - before.all) && freemem() > MEMORY_OF_A_GROUP;
}

function processorTimes(): { spare: number; all: number } {
  const times = cpus().map((processor) => processor.times);
  const sum = (...kinds: (keyof (typeof times)[number])[]) =>
    times.reduce((total, time) => total + kinds.reduce((part, kind) => part + time[kind], 0), 0);
  return { spare: sum("idle", "nice"), all: sum("idle", "nice", "user", "sys", "irq") };
}

const countIn = (output: string) => Number(/^ {2}(\d+) passing/m.exec(output)?.[1] ?? 0);

/** Mocha's list of failures, or the end of the output where there is none. */
function failuresIn(output: string): string {
  const list = output.search(/^ {2}\d+ failing/m);
  return list < 0 ? output.slice(-2_000) : output.slice(list);
}

/** Removes the first group that fits. */
function take(waiting: Group[], fits: (group: Group) => boolean): Group | undefined {
  const index = waiting.findIndex(fits);
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}

async function main(): Promise<void> {
  const started = performance.now();
  const waiting = listGroups(process.argv.slice(2));
  const all = waiting.length;
  // One for each processor: a store and its browser may keep one busy, and what waits for a late store runs into its limit.
  const jobs = Number(process.env["STAYOPEN_TEST_JOBS"] ?? availableParallelism());
  const results: Result[] = [];
  const running = new Set<string>();
  const allTaken = new AbortController();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  const finish = async (group: Group, isInBackground = false) => {
    running.add(group.name);
    if (waiting.length === 0) allTaken.abort();
    const result = await runGroup(group, isInBackground);
    running.delete(group.name);
    results.push(result);
    if (!result.passed) console.log(result.output);
    const mark = result.passed ? "passed" : "FAILED";
    const took = `${result.seconds.toFixed(0)} s, ${result.processorSeconds.toFixed(0)} CPU-s`;
    const tests = group.name === CHECK ? "" : `${countIn(result.output)} tests, `;
    console.log(`${results.length}/${all}  ${mark}  ${group.name}  ${tests}${took}, at ${seconds()}`);
  };
  const isComputing = ({ name }: Group) => COMPUTING.has(name);
  const takeComputing = () => take(waiting, isComputing);
  const takeNext = () => take(waiting, (group) => !isComputing(group)) ?? takeComputing();
  await Promise.all([
    ...Array.from({ length: jobs }, async () => {
      for (let group = takeComputing(); group !== undefined; group = takeComputing()) await finish(group, true);
    }),
    ...Array.from({ length: jobs }, async () => {
      for (let group = takeNext(); group !== undefined; group = takeNext()) await finish(group);
    }),
    (async () => {
      const additional = new Set<Promise<void>>();
      while (waiting.length > 0) {
        // The load of the one that began last is in the measurement.
        const fits = (await isIdle(allTaken.signal)) && additional.size < (running.has(DRILL) ? 1 : 2 * jobs);
        const group = fits ? takeNext() : undefined;
        if (group === undefined) continue;
        const run = finish(group).finally(() => additional.delete(run));
        additional.add(run);
      }
      await Promise.all(additional);
    })(),
  ]);
  const failed = results.filter(({ passed }) => !passed);
  const passing = results.reduce((sum, { output }) => sum + countIn(output), 0);
  console.log(`\n${passing} tests passed in ${seconds()}. Full output: .stayopen/test-logs`);
  for (const { group, output } of failed) console.log(`\n${group.name} failed:\n${failuresIn(output)}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
