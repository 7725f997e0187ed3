import * as pulumi from "@pulumi/pulumi";
import * as bundling from "../../components/inlineFunction/bundle/bundle";
import { cpuSeconds } from "./cpu";
import { functionsOfTheStore } from "./store";

// Usage: build.ts [DIRECTORY], in a new process.
// Evaluates the store's program and prints the processor time, esbuild's included, as JSON. Bundles into DIRECTORY; without it no function
// is bundled.

const [, , directory] = process.argv;
const { bundle } = bundling;
let bundles = 0;

// The program builds its bundles with this export.
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
