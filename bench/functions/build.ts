import * as fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as bundling from "../../components/inlineFunction/bundle/bundle";
import { functionsOfTheStore } from "./store";

// Run in a fresh process: evaluates the store's program, and prints the processor time it took, esbuild's included, as JSON.
// build.ts DIRECTORY bundles into the directory; without one, functions are not bundled at all.

const [, , directory] = process.argv;
const { bundle } = bundling;
let bundles = 0;

// The program makes its bundles through this export, read when they are made.
(bundling as { bundle: typeof bundle }).bundle = (factory, options) => {
  bundles += 1;
  return directory === undefined
    ? pulumi.output({ hash: "none", file: __filename, map: __filename, bytes: 0 })
    : bundle(factory, { ...options, directory });
};

/** Processor time of this process and of the esbuild process it has started, in seconds. */
function cpuSeconds(): { node: number; esbuild: number } {
  const TICKS_PER_SECOND = 100;
  const own = process.cpuUsage();
  let esbuild = 0;
  for (const task of fs.readdirSync("/proc/self/task")) {
    const children = fs.readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean);
    for (const pid of children) {
      const [, name, rest] = /\((.*)\) (.*)/.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      const fields = rest?.split(" ") ?? [];
      if (name === "esbuild") esbuild += (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    }
  }
  return { node: (own.user + own.system) / 1e6, esbuild };
}

functionsOfTheStore("dev").then(
  () => {
    process.stdout.write(JSON.stringify({ ...cpuSeconds(), bundles, wall: performance.now() / 1000 }));
    process.exit(0);
  },
  (error: unknown) => {
    console.error(String(error).slice(0, 1000));
    process.exit(1);
  },
);
