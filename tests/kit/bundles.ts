import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Output } from "@pulumi/pulumi";
import { type Bundle, bundle } from "../../components/inlineFunction/bundle/bundle";
import type { AnyFunction } from "../../components/inlineFunction/bundle/closures";
import { temporaryFolder } from "./temporaryFolder";

/** Returns an output's value. */
export function known<T>(output: Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

/** Makes a folder for bundles, removed after the last test. */
export const buildDirectory = (): string => temporaryFolder("inline-function");

/** Loads a bundle as Lambda does: a fresh CommonJS module whose `handler` is called with each event. */
export function load<Event, Result>(file: string): (event: Event) => Promise<Result> {
  const resolved = path.resolve(file);
  delete require.cache[resolved];
  return (require(resolved) as { handler: (event: Event) => Promise<Result> }).handler;
}

/** Bundles a factory and loads the file. */
export async function bundled<Event = void, Result = unknown>(
  factory: AnyFunction,
  directory = buildDirectory(),
): Promise<{ handler: (event: Event) => Promise<Result>; bundle: Bundle }> {
  const made = await known(bundle(factory, { name: "subject", directory }));
  return { handler: load<Event, Result>(made.file), bundle: made };
}

const root = path.resolve(__dirname, "../..");

/**
 * Writes a project into a new folder, with this project's packages and compiler options.
 *
 * @param files by path; `REPOSITORY` stands for the folder of this repository.
 */
export function projectIn(folder: string, files: Record<string, string>): string {
  const project = path.join(buildDirectory(), folder);
  fs.mkdirSync(project, { recursive: true });
  fs.symlinkSync(path.join(root, "node_modules"), path.join(project, "node_modules"));
  fs.copyFileSync(path.join(root, "tsconfig.json"), path.join(project, "tsconfig.json"));
  fs.writeFileSync(path.join(project, "package.json"), '{ "type": "commonjs" }');
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    fs.writeFileSync(path.join(project, file), text.replaceAll("REPOSITORY", root));
  }
  return project;
}

/** Loads TypeScript in half of the processor time that ts-node takes. */
export const LOADER = path.join(root, "local", "loadTypeScript.js");

/** The loader of the Pulumi CLI, unless a project's `Pulumi.yaml` names another. */
export const CLI_LOADER = "ts-node/register/transpile-only";

/** Runs `index.ts` of a project, and returns the lines that it prints. */
export function runProject(project: string, { env = {} as NodeJS.ProcessEnv, loader = LOADER } = {}): string[] {
  const output = execFileSync(process.execPath, ["-r", loader, "index.ts"], {
    cwd: project,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return output.trim().split("\n");
}
