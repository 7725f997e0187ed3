import * as path from "node:path";
import * as esbuild from "esbuild";
import { bundlePlugins, ESBUILD_OPTIONS, withoutCollector } from "../../components/inlineFunction/bundle/compile";
import { CompiledFiles } from "../../components/inlineFunction/bundle/compiledFiles";
import { cpuSeconds } from "./cpu";

// Usage: buildByHand.ts FILE…, in a new process.
// Bundles hand-written handler files in one esbuild run, with the options and maps of inline functions, and prints the processor time as
// JSON.

const files = process.argv.slice(2);
const options = {
  ...ESBUILD_OPTIONS,
  plugins: bundlePlugins(new CompiledFiles(process.cwd())),
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
