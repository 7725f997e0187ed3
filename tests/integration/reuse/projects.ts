import { execFile, execFileSync } from "node:child_process";
import { cpSync, globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../../kit/temporaryFolder";

const root = join(__dirname, "..", "..", "..");
const run = promisify(execFile);

/** Manifest of this project. */
export const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, unknown>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

/** The installing project has npm settings of its own; `npm test` passes this project's on. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

let codeCache: string | undefined;

/** Runs Node.js in a project and returns its output. Each program loads most of the same packages, so it keeps their compiled code. */
export function runNode(cwd: string, ...args: string[]): string {
  codeCache ??= temporaryFolder("stayopen-code");
  const options = { cwd, env: { ...process.env, NODE_COMPILE_CACHE: codeCache }, encoding: "utf8" } as const;
  return execFileSync(process.execPath, args, options);
}

/** Runs a program of this project or of npm in a folder. */
export const runIn = (cwd: string, program: string, args: string[]) =>
  run(program, args, { cwd, env, maxBuffer: 1 << 26 });

/** Tools of this project, of the pinned versions. */
export const tool = (name: string) => join(root, "node_modules", ".bin", name);

/** The package as `npm publish` would send it. Packed once for all tests of the process. */
export const tarball = once(async () => {
  const folder = temporaryFolder("stayopen-package");
  await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root });
  return join(folder, readdirSync(folder).find((file) => file.endsWith(".tgz"))!);
});

/** Versions of Pulumi's packages. */
interface Pulumi {
  "@pulumi/aws": string;
  "@pulumi/pulumi": string;
}

/** The lowest versions that the package admits. */
const OLDEST: Pulumi = {
  "@pulumi/aws": lowest("@pulumi/aws"),
  "@pulumi/pulumi": lowest("@pulumi/pulumi"),
};

/** Versions above those that this project is developed with, as far as there are any. */
const NEWEST: Pulumi = { "@pulumi/aws": "7.48.0", "@pulumi/pulumi": "3.276.0" };

/** A shop that has installed the package with npm, beside the newest versions of Pulumi. */
export const npmProject = once(async () => {
  const folder = temporaryFolder("stayopen-reuse");
  copyExamples(folder);
  await declare(folder, NEWEST);
  await runIn(folder, "npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"]);
  return folder;
});

/** The same with pnpm, which lets a package import its declared dependencies only, and the oldest versions of Pulumi. */
export const pnpmProject = once(async () => {
  const folder = temporaryFolder("stayopen-pnpm");
  await declare(folder, OLDEST);
  const store = join(root, ".stayopen", "pnpm-store");
  await runIn(folder, tool("pnpm"), ["install", "--prefer-offline", "--ignore-scripts", `--store-dir=${store}`]);
  return folder;
});

/** Copies the examples, which import the components by their place in this repository. */
function copyExamples(folder: string): void {
  cpSync(join(root, "examples"), folder, { recursive: true });
  cpSync(join(__dirname, "shopTsconfig.json"), join(folder, "tsconfig.json"));
  for (const file of globSync("*/*.ts", { cwd: folder })) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll('"../../components/', '"stayopen/'));
  }
  for (const file of globSync("*/tsconfig.json", { cwd: folder }))
    writeFileSync(join(folder, file), JSON.stringify({ extends: "../tsconfig.json" }));
}

async function declare(folder: string, pulumi: Pulumi): Promise<void> {
  const dependencies = { stayopen: `file:${await tarball()}`, ...pulumi };
  const { typescript, "@types/node": types } = manifest.devDependencies;
  const devDependencies = { typescript, "@types/node": types };
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "another-shop", private: true, dependencies, devDependencies }),
  );
}

function lowest(name: string): string {
  return manifest.peerDependencies[name]!.replace("^", "");
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
