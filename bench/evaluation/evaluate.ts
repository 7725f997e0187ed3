import { writeFileSync } from "node:fs";
import Module from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { inMockedStack } from "../mockedStack";
import type { Recorded } from "./programs";

// Usage: evaluate.ts PROGRAM [--bundles] [RECORD], in a new process.
// Evaluates a program with mocked resources and prints the time since the start of the process as JSON. Without --bundles no function is
// bundled. RECORD is a file for the program's imports and resources.

export interface Evaluated {
  /** Processor time of all threads and wall time, in milliseconds. */
  cpuMs: number;
  ms: number;
  resources: number;
}

const [, , program = "", ...options] = process.argv;
const bundles = options.includes("--bundles");
const record = options.find((option) => !option.startsWith("--"));
const recorded: Recorded = { packages: [], resources: [] };

/** Records the packages that files of the project import. */
function recordPackages(): void {
  const projectRoot = path.resolve(__dirname, "..", "..");
  const isOwn = (file: string) => !/^\.\.|node_modules|^bench\b|^\.stayopen\b/.test(path.relative(projectRoot, file));
  const loader = Module as unknown as { _load(request: string, parent?: { filename?: string | null }): unknown };
  const load = loader._load;
  loader._load = function (request, parent, ...rest) {
    const isPackage = !/^[./]/.test(request) && !Module.isBuiltin(request);
    if (isPackage && parent?.filename && isOwn(parent.filename)) recorded.packages.push(request);
    return load.call(this, request, parent, ...rest);
  };
}

/** Replaces the export that the program builds its bundles with. */
function withoutBundles(): void {
  const bundling = require("../../components/inlineFunction/bundle/bundle") as { bundle: unknown };
  bundling.bundle = () => pulumi.output({ hash: "none", file: __filename, map: __filename, bytes: 0 });
}

async function main(): Promise<void> {
  if (record !== undefined) recordPackages();
  let resources = 0;
  await inMockedStack(
    "dev",
    () => {
      if (!bundles) withoutBundles();
      return require(path.resolve(program));
    },
    (type, name, inputs) => {
      resources++;
      if (record !== undefined) recorded.resources.push({ type, name, inputs });
    },
  );
  const { user, system } = process.cpuUsage();
  const result: Evaluated = { cpuMs: (user + system) / 1_000, ms: performance.now(), resources };
  if (record !== undefined) writeFileSync(record, JSON.stringify(recorded));
  process.stdout.write(JSON.stringify(result));
  process.exit(0);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
