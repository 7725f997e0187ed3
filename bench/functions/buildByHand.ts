import * as path from "node:path";
import * as esbuild from "esbuild";
import { ESBUILD_OPTIONS, withoutCollector } from "../../components/inlineFunction/bundle/compile";
import { cpuSeconds } from "./cpu";

// Run in a fresh process: bundles handler files that were written by hand in one esbuild run, with the options and the
// maps that inline functions get, and prints the processor time it took as JSON.
// buildByHand.ts FILE…

const files = process.argv.slice(2);
const options = {
  ...ESBUILD_OPTIONS,
  entryPoints: files,
  outdir: path.join(path.dirname(files[0] ?? "."), "by-hand"),
  nodePaths: [path.resolve("node_modules")],
};

withoutCollector(() => esbuild.build(options)).then(
  () => {
    process.stdout.write(JSON.stringify(cpuSeconds()));
    process.exit(0);
  },
  (error: unknown) => {
    console.error(String(error).slice(0, 1000));
    process.exit(1);
  },
);
