import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { deflateRawSync } from "node:zlib";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Bundle, bundle } from "../../components/inlineFunction/bundle/bundle";
import type { AnyFunction } from "../../components/inlineFunction/bundle/closures";
import { emptyFolder } from "../folder";
import { machine, median, ratioOf, spread } from "../table";
import { entryOf, handMade } from "./handMade";
import { references } from "./references";
import { functionsOfTheStore } from "./store";

// Compares the functions of the store and some reference handlers with the same handlers in their own file,
// bundled by hand with esbuild, and with Pulumi's CallbackFunction; then measures how much processor time all bundles of
// the stack cost. Run with: npm run bench:functions [runs] [builds] [name of one function]

interface Measured {
  zipped: number;
  files: number;
  /** Milliseconds of each run: wall time and processor time. */
  starts: number[];
  cpus: number[];
  warm: number[];
}

interface Subject {
  name: string;
  environment: Record<string, string>;
  /** Number of calls; 0 for functions of the store, which would call AWS. */
  calls: number;
  variants: Partial<Record<"inline" | "by hand" | "CallbackFunction", { file: string; measured: Measured }>>;
}

const RUNS = Number(process.argv[2] ?? 40);
const BUILDS = Number(process.argv[3] ?? 5);
const ONLY = process.argv[4];
const directory = emptyFolder("functions");

async function main(): Promise<void> {
  const heading = machine();
  const store = await functionsOfTheStore("dev");
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
  const all = [...storeFactories, ...referenceFactories].filter(({ name }) => ONLY === undefined || name === ONLY);
  const bundles = await Promise.all(all.map(({ name, factory }) => built(name, factory)));
  const subjects: Subject[] = [];
  for (const [i, { name, factory, environment, calls }] of all.entries()) {
    const byHand = await handMade(name.replace(/ /g, "-"), factory, directory);
    const inline = bundles[i]?.file ?? "";
    subjects.push({ name, environment, calls, variants: { inline: variant(inline), "by hand": variant(byHand) } });
  }
  const order = subjects.find((s) => s.name === "reference order");
  if (order)
    order.variants.CallbackFunction = await asItComes("order", references.order.callbackFactory as AnyFunction);
  for (let run = 0; run < RUNS; run++) for (const subject of subjects) measureOnce(subject, run % 2 === 1);
  console.log(`${heading}; ${RUNS} runs.\n`);
  print(subjects);
  if (BUILDS > 0 && ONLY === undefined) printBuilds(store.map(({ name }) => entryOf(name, directory)));
}

interface Cpu {
  node: number;
  esbuild: number;
}

interface Built extends Cpu {
  bundles: number;
  wall: number;
}

/** Evaluates the program without bundles, with new ones and with cached ones, and bundles the hand-written files, in turn. */
function printBuilds(byHand: readonly string[]): void {
  const rounds = Array.from({ length: BUILDS }, (_, i) => {
    const target = path.join(directory, `build-${i}`);
    return {
      without: builtStack(),
      cold: builtStack(target),
      kept: builtStack(target),
      byHand: inFreshProcess<Cpu>("buildByHand.ts", ...byHand),
    };
  });
  const cpu = (made: Cpu) => made.node + made.esbuild;
  const more = (of: (round: (typeof rounds)[number]) => number) => spread(rounds.map(of), 2);
  console.log(
    `\nAll ${rounds[0]?.cold.bundles} bundles of a stack, CPU-s more than the program without any: median (least–most) of ${BUILDS}, goal 3.`,
  );
  console.log(
    `- without a cache: ${more((r) => cpu(r.cold) - cpu(r.without))}, of which esbuild ${more((r) => r.cold.esbuild)}`,
  );
  console.log(
    `- esbuild for the same handlers written by hand, with maps, in one run: ${more((r) => r.byHand.esbuild)}; what inline functions take more: ${more((r) => cpu(r.cold) - cpu(r.without) - r.byHand.esbuild)}`,
  );
  console.log(`- a second time: ${more((r) => cpu(r.kept) - cpu(r.without))}`);
  console.log(`- the program without any: ${more((r) => cpu(r.without))}`);
}

const builtStack = (...target: string[]) => inFreshProcess<Built>("build.ts", ...target);

function inFreshProcess<T>(script: string, ...args: string[]): T {
  const line = ["-r", path.resolve("local/loadTypeScript.js"), path.join(__dirname, script), ...args];
  const output = execFileSync(process.execPath, line, { encoding: "utf8" });
  return JSON.parse(output.slice(output.lastIndexOf("{"))) as T;
}

/** Bundles into an empty directory, without a cache. */
function built(name: string, factory: AnyFunction): Promise<Bundle> {
  const made = bundle(factory, { name, directory: path.join(directory, "inline") });
  return (made as unknown as { promise(): Promise<Bundle> }).promise();
}

const variant = (file: string) => ({
  file: path.resolve(file),
  measured: { zipped: zippedSize([file]), files: 1, starts: [], cpus: [], warm: [] } satisfies Measured as Measured,
});

/** Pulumi's CallbackFunction: the closure's text with all packages of the project. */
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
    measured: { zipped: zippedSize(files), files: files.length, starts: [], cpus: [], warm: [] } as Measured,
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

/** Compressed size, with the zip overhead per entry. */
function zippedSize(files: string[]): number {
  return files.reduce((sum, file) => sum + deflateRawSync(fs.readFileSync(file), { level: 9 }).length + 150, 22);
}

/** Runs the variants in turn, in alternating order, so that load affects all alike. */
function measureOnce({ variants, environment, calls }: Subject, backwards: boolean): void {
  const env = {
    PATH: process.env["PATH"],
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    ...environment,
  };
  const inTurn = Object.keys(variants) as (keyof typeof variants)[];
  for (const variant of backwards ? inTurn.reverse() : inTurn) {
    const { file, measured } = variants[variant]!;
    const line = [path.join(__dirname, "start.js"), file, String(calls)];
    const { status, stdout: output } = spawnSync(process.execPath, line, { env, encoding: "utf8" });
    if (status !== 0) {
      // A factory that captures a variable of a component's constructor cannot be written into its own file; one that
      // parses a setting that only a deployment has does not start here.
      delete variants[variant];
      continue;
    }
    const run = JSON.parse(output.slice(output.lastIndexOf("{"))) as {
      start: number;
      cpu: number;
      warm: number | null;
    };
    measured.starts.push(run.start);
    measured.cpus.push(run.cpu);
    if (run.warm !== null) measured.warm.push(run.warm);
  }
}

function print(subjects: Subject[]): void {
  console.log(
    "Size: zipped. Start: require, and the first call of the references; CPU: processor time of the same, all threads. Each the median of all runs, each ratio the median of the ratios of runs side by side. Warm: fastest.\n",
  );
  console.log(
    "| function | KB inline | by hand | ratio | start ms inline | by hand | ratio | CPU ms inline | by hand | ratio | warm µs inline | by hand |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|---|---|---|");
  for (const { name, variants } of subjects) {
    const [inline, byHand] = [variants.inline?.measured, variants["by hand"]?.measured];
    if (!inline) {
      console.log(`| ${name} | does not start without a deployment |`);
      continue;
    }
    const warm = (m: Measured) => (m.warm.length > 0 ? (Math.min(...m.warm) * 1000).toFixed(1) : "–");
    const compared = (of: (hand: Measured) => string) => (byHand ? of(byHand) : "–");
    const cells = [
      kb(inline.zipped),
      compared((hand) => kb(hand.zipped)),
      compared((hand) => (inline.zipped / hand.zipped).toFixed(3)),
      median(inline.starts).toFixed(1),
      compared((hand) => median(hand.starts).toFixed(1)),
      compared((hand) => ratioOf(inline.starts, hand.starts).toFixed(2)),
      median(inline.cpus).toFixed(1),
      compared((hand) => median(hand.cpus).toFixed(1)),
      compared((hand) => ratioOf(inline.cpus, hand.cpus).toFixed(2)),
      warm(inline),
      compared(warm),
    ];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
  for (const { name, variants } of subjects) {
    const pulumis = variants.CallbackFunction?.measured;
    if (pulumis)
      console.log(
        `\n${name} as a CallbackFunction: ${pulumis.files} files, ${kb(pulumis.zipped)} KB, start ${median(pulumis.starts).toFixed(1)} ms, CPU ${median(pulumis.cpus).toFixed(1)} ms, warm ${(Math.min(...pulumis.warm) * 1000).toFixed(1)} µs.`,
      );
  }
}

const kb = (bytes: number): string => (bytes / 1024).toFixed(1);

main().then(
  () => fs.rmSync(directory, { recursive: true, force: true }),
  (error: unknown) => {
    console.error(String(error).slice(0, 1000));
    process.exitCode = 1;
  },
);
