import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { BUGS } from "./bugs";
import { runJobs, runSchedules, type Summary } from "./run";
import { shrink, toStory, toTest } from "./shrink";
import { simulate } from "./simulate";

const USAGE = `Usage: npm run simulate -- [options]

Runs the store's own functions of two Regions under virtual time, with failures chosen by a seed.

  --schedules N   so many schedules; default 1000
  --from N        the first seed; default 0
  --workers N     processes; default: one for each processor
  --coverage      prints which share of the order code's blocks ran, by file
  --seed N        one schedule as a story; --all shows every event
  --save FILE     with --seed: saves its orders for the console; "npm run console -- open FILE" shows them
  --bugs          plants each known bug, and prints how many schedules find it
`;

function readOptions() {
  try {
    return parseArgs({
      options: {
        schedules: { type: "string", default: "1000" },
        from: { type: "string", default: "0" },
        seed: { type: "string" },
        save: { type: "string" },
        workers: { type: "string", default: String(availableParallelism()) },
        all: { type: "boolean", default: false },
        coverage: { type: "boolean", default: false },
        bugs: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    // Node's sentence names the option and what to do.
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}

const values = readOptions();

function toNumber(name: "schedules" | "from" | "seed" | "workers", least: number): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= least) return value;
  process.stderr.write(`--${name} is "${values[name]}". Give a whole number from ${least} on.\n`);
  process.exit(2);
}

const number = (value: number) => Math.round(value).toLocaleString("en-US");

function report(summary: Summary, seconds: number): void {
  const { schedules, orders, events, replayedSteps, beyondModel } = summary;
  const rows: [string, string][] = [
    ["Schedules", number(schedules)],
    ["Orders", number(orders)],
    ["Events", `${number(events)} (${number(events / seconds)} a second)`],
    ["Virtual time", `${number(summary.virtualHours)} hours`],
    ["Function calls", number(summary.functionCalls)],
    ["Requests to DynamoDB", number(summary.requests)],
    ["Calls of providers", number(summary.providerCalls)],
    ["Workflow transitions", number(summary.transitions)],
    ["Mails", number(summary.mails)],
    ["Orders for counted products", number(summary.countedOrders)],
    ["Units moved, returned", `${number(summary.unitsMoved)}, ${number(summary.unitsReturned)}`],
    ["Answers: units on their way, sold out", `${number(summary.stockMoving)}, ${number(summary.soldOut)}`],
    ["Most expensive order", `${summary.mostCalls} calls of providers, ${summary.mostWrites} writes`],
    ["Steps compared with the model", `${number(replayedSteps)}; ${number(beyondModel)} orders left its bounds`],
    ...Object.entries(summary.misfortunes)
      .sort(([, first], [, second]) => second - first)
      .map(([kind, count]): [string, string] => [`  ${kind}`, number(count)]),
    ["Time", `${number(seconds)} s`],
  ];
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(40)}${value}\n`);
}

function reportCoverage({ coverage }: Summary): void {
  if (coverage.length === 0) return;
  const sum = (name: "blocks" | "reached") => coverage.reduce((total, file) => total + file[name], 0);
  process.stdout.write(`Blocks of the order code reached: ${sum("reached")} of ${sum("blocks")}\n`);
  for (const { file, blocks, reached } of coverage) {
    if (reached < blocks) process.stdout.write(`  ${file.padEnd(60)}${reached} of ${blocks}\n`);
  }
}

async function replay(seed: number): Promise<void> {
  const result = await simulate({ seed, isRecorded: values.save !== undefined });
  process.stdout.write(`${values.all ? result.trace.join("\n") : toStory({ result })}\n`);
  process.stdout.write(`\n${result.events} events, ${result.misfortunes.length} faults, digest ${result.digest}\n`);
  if (values.save !== undefined) {
    writeFileSync(values.save, JSON.stringify(result.recording));
    process.stdout.write(`Saved to ${values.save}. Open it with: npm run console -- open ${values.save}\n`);
  }
  if (result.violations.length > 0) await explain(seed);
}

/** Shrinks a failing schedule, and prints it as a story and as a test. */
async function explain(seed: number): Promise<void> {
  const failed = await simulate({ seed });
  process.stdout.write(`\nSeed ${seed} violates: ${failed.violations.join("; ")}. Shrinking…\n`);
  const shrunk = await shrink(failed);
  const { result } = shrunk;
  process.stdout.write(
    `After ${shrunk.runs} schedules: ${result.orders.length} orders, ${result.misfortunes.length} faults of ${failed.misfortunes.length}.\n\n`,
  );
  process.stdout.write(`${toStory(shrunk)}\n\n${toTest(shrunk)}\n`);
}

async function findBugs(schedules: number, workers: number): Promise<void> {
  const jobs = BUGS.map((_, bug) => ({ from: 0, count: schedules, step: 1, bug }));
  const found = await runJobs(jobs, workers);
  process.stdout.write("| bug: the store … | schedules until found | what is violated |\n|---|---:|---|\n");
  for (const [index, { name }] of BUGS.entries()) {
    const [failure] = found[index]!.failures;
    process.stdout.write(
      `| ${name} | ${failure ? found[index]!.schedules : "not found"} | ${failure?.violations[0] ?? ""} |\n`,
    );
    if (!failure) process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const workers = toNumber("workers", 1);
  const schedules = toNumber("schedules", 1);
  if (values.save !== undefined && values.seed === undefined) {
    process.stderr.write("--save saves one schedule: give its --seed as well.\n");
    process.exit(2);
  }
  if (values.seed !== undefined) return await replay(toNumber("seed", 0));
  if (values.bugs) return await findBugs(schedules, workers);
  const begin = Date.now();
  let shownAt = begin;
  const summary = await runSchedules(
    { from: toNumber("from", 0), count: schedules, workers, coverage: values.coverage },
    (done) => {
      if (Date.now() - shownAt < 2_000) return;
      shownAt = Date.now();
      process.stderr.write(
        `  ${number(done.schedules)} of ${number(schedules)} schedules, ${done.failures.length} failing\n`,
      );
    },
  );
  report(summary, (Date.now() - begin) / 1_000);
  reportCoverage(summary);
  const [first] = summary.failures;
  if (!first) return;
  process.exitCode = 1;
  for (const { seed, violations } of summary.failures) process.stdout.write(`Seed ${seed}: ${violations.join("; ")}\n`);
  await explain(first.seed);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
