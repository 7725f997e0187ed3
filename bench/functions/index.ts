import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { deflateRawSync } from "node:zlib";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Bundle, bundle } from "../../components/inlineFunction/bundle/bundle";
import type { AnyFunction } from "../../components/inlineFunction/bundle/closures";
import { handMade } from "./handMade";
import { references } from "./references";
import { functionsOfTheStore } from "./store";

// Compares the functions of the store and some reference handlers with the same handlers in a file of their own,
// bundled by hand with esbuild, and with Pulumi's CallbackFunction. Run with: npm run bench:functions [runs]

interface Measured {
  zipped: number;
  files: number;
  starts: number[];
  warm: number[];
}

interface Subject {
  name: string;
  environment: Record<string, string>;
  /** How often it is called; a function of the store would reach for AWS. */
  calls: number;
  variants: Partial<Record<"inline" | "by hand" | "CallbackFunction", { file: string; measured: Measured }>>;
}

const RUNS = Number(process.argv[2] ?? 20);
const directory = fs.mkdtempSync(path.join(os.tmpdir(), "bench-functions-"));

async function main(): Promise<void> {
  const before = cpuSeconds();
  const store = await functionsOfTheStore("dev");
  const evaluated = cpuSeconds() - before;
  const storeFactories = store.map(({ name, made, environment }) => ({
    name,
    factory: made.callbackFactory as AnyFunction,
    environment,
    calls: 0,
  }));
  const referenceFactories = Object.entries(references).map(([name, { callbackFactory }]) => ({
    name: `reference ${name}`,
    factory: callbackFactory as AnyFunction,
    environment: {},
    calls: 50,
  }));
  const bundling = cpuSeconds();
  const at = performance.now();
  const bundles = await Promise.all(storeFactories.map(({ name, factory }) => built(name, factory)));
  const buildCpu = cpuSeconds() - bundling;
  const buildWall = performance.now() - at;
  const subjects: Subject[] = [];
  for (const { name, factory, environment, calls } of [...storeFactories, ...referenceFactories]) {
    const { file } = bundles[storeFactories.findIndex((s) => s.name === name)] ?? (await built(name, factory));
    const byHand = await handMade(name.replace(/ /g, "-"), factory, directory);
    subjects.push({ name, environment, calls, variants: { inline: variant(file), "by hand": variant(byHand) } });
  }
  const order = subjects.find((s) => s.name === "reference order");
  if (order)
    order.variants.CallbackFunction = await asItComes("order", references.order.callbackFactory as AnyFunction);
  for (let run = 0; run < RUNS; run++) for (const subject of subjects) measureOnce(subject);
  print(subjects);
  console.log(
    `\nAll ${storeFactories.length} bundles of the stack: ${buildCpu.toFixed(1)} CPU-s, ${(buildWall / 1000).toFixed(1)} s, without cache (goal: 3 CPU-s).`,
  );
  console.log(`Evaluating the program before that, with its bundles: ${evaluated.toFixed(1)} CPU-s.`);
}

/** Bundles into an empty directory, so that no cache helps. */
function built(name: string, factory: AnyFunction): Promise<Bundle> {
  const made = bundle(factory, { name, directory: path.join(directory, "inline") });
  return (made as unknown as { promise(): Promise<Bundle> }).promise();
}

const variant = (file: string) => ({
  file: path.resolve(file),
  measured: { zipped: zippedSize([file]), files: 1, starts: [], warm: [] } satisfies Measured as Measured,
});

/** Pulumi's own way: the closure's text, and every package of the project beside it. */
async function asItComes(name: string, factory: AnyFunction) {
  const role = "arn:aws:iam::123456789012:role/x";
  const fn = new aws.lambda.CallbackFunction(`as-it-comes-${name}`, {
    role,
    runtime: aws.lambda.Runtime.NodeJS24dX,
    callbackFactory: factory as () => aws.lambda.Callback<unknown, unknown>,
  });
  const code = await (fn.code as unknown as { promise(): Promise<pulumi.asset.AssetArchive> }).promise();
  const target = path.join(directory, "callback-function");
  const files: string[] = [];
  await unpack(code, target, files);
  const entry = files.find((file) => path.basename(file) === "__index.js") ?? path.join(target, "__index.js");
  return {
    file: entry,
    measured: { zipped: zippedSize(files), files: files.length, starts: [], warm: [] } as Measured,
  };
}

async function unpack(archive: pulumi.asset.AssetArchive, target: string, files: string[]): Promise<void> {
  for (const [name, asset] of Object.entries(await archive.assets)) {
    const file = path.join(target, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (asset instanceof pulumi.asset.StringAsset) fs.writeFileSync(file, await asset.text);
    else if (asset instanceof pulumi.asset.FileAsset) fs.copyFileSync(await asset.path, file);
    else if (asset instanceof pulumi.asset.FileArchive) fs.cpSync(await asset.path, file, { recursive: true });
    if (fs.statSync(file).isFile()) files.push(file);
    else
      for (const inner of fs.readdirSync(file, { recursive: true, withFileTypes: true }))
        if (inner.isFile()) files.push(path.join(inner.parentPath, inner.name));
  }
}

/** Compressed size, with what a zip file adds for each entry. */
function zippedSize(files: string[]): number {
  return files.reduce((sum, file) => sum + deflateRawSync(fs.readFileSync(file), { level: 9 }).length + 150, 22);
}

/** Runs of the variants follow one another, so that a busy moment hits them alike. */
function measureOnce({ variants, environment, calls }: Subject): void {
  const env = {
    PATH: process.env["PATH"],
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    ...environment,
  };
  for (const { file, measured } of Object.values(variants)) {
    const output = execFileSync(process.execPath, [path.join(__dirname, "start.js"), file, String(calls)], {
      env,
      encoding: "utf8",
    });
    const { start, warm } = JSON.parse(output.slice(output.lastIndexOf("{"))) as { start: number; warm: number | null };
    measured.starts.push(start);
    if (warm !== null) measured.warm.push(warm);
  }
}

function print(subjects: Subject[]): void {
  console.log(
    `Node ${process.version}, ${RUNS} runs, interleaved. Size: zipped. Start: require (and first call of the references), fastest run; its ratio: median of the ratios of runs side by side.\n`,
  );
  console.log(
    "| function | KB inline | KB by hand | ratio | ms inline | ms by hand | ratio | warm µs inline | by hand |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|");
  for (const { name, variants } of subjects) {
    const [inline, byHand] = [variants.inline?.measured, variants["by hand"]?.measured];
    if (!inline || !byHand) continue;
    const warm = (m: Measured) => (m.warm.length > 0 ? (fastest(m.warm) * 1000).toFixed(1) : "–");
    const cells = [
      kb(inline.zipped),
      kb(byHand.zipped),
      (inline.zipped / byHand.zipped).toFixed(3),
      fastest(inline.starts).toFixed(1),
      fastest(byHand.starts).toFixed(1),
      medianRatio(inline.starts, byHand.starts).toFixed(2),
      warm(inline),
      warm(byHand),
    ];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
  for (const { name, variants } of subjects) {
    const pulumis = variants.CallbackFunction?.measured;
    if (pulumis)
      console.log(
        `\n${name} as a CallbackFunction: ${pulumis.files} files, ${kb(pulumis.zipped)} KB, start ${fastest(pulumis.starts).toFixed(1)} ms, warm ${(fastest(pulumis.warm) * 1000).toFixed(1)} µs.`,
      );
  }
}

const kb = (bytes: number): string => (bytes / 1024).toFixed(1);

/** Median of the ratios of runs that followed one another: a busy machine slows both. */
function medianRatio(a: number[], b: number[]): number {
  const ratios = a.map((time, i) => time / (b[i] ?? time)).sort((x, y) => x - y);
  return ratios[Math.floor(ratios.length / 2)] ?? Number.NaN;
}

const fastest = (times: number[]): number => Math.min(...times);

/** Processor time of this process and of the processes it has started, such as esbuild's. */
function cpuSeconds(): number {
  const TICKS_PER_SECOND = 100;
  const own = process.cpuUsage();
  let seconds = (own.user + own.system) / 1e6;
  for (const task of fs.readdirSync("/proc/self/task")) {
    const children = fs.readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean);
    for (const pid of children) {
      const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      seconds += (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    }
  }
  return seconds;
}

main().then(
  () => fs.rmSync(directory, { recursive: true, force: true }),
  (error: unknown) => {
    console.error(String(error).slice(0, 1000));
    process.exitCode = 1;
  },
);
