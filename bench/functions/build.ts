import * as pulumi from "@pulumi/pulumi";
import * as bundling from "../../components/inlineFunction/bundle/bundle";
import { cpuSeconds } from "./cpu";
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
