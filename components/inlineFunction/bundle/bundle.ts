import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { AnyFunction } from "./closures";
import { compile, type Module } from "./compile";
import { serialize } from "./serialize";

/** A callback as one file, ready to be deployed. */
export interface Bundle {
  /** SHA-256 of the code, 16 hexadecimal digits: the same source gives the same hash on every machine. */
  hash: string;
  /** The minified CommonJS file; its export `handler` is the callback. Relative to the working directory where it is inside it. */
  file: string;
  /** Source map of the file, kept beside it. */
  map: string;
  /** Size of the code in bytes, before compression. */
  bytes: number;
}

export interface BundleOptions {
  /** The function's name in the program, for error sentences. */
  name: string;
  /** Where bundles are written, one folder each, named by content. Default `.stayopen/build` in the working directory. */
  directory?: string;
}

/**
 * Captures a callback factory and bundles it with everything it needs into one file.
 *
 * The factory's body runs once per cold start; the callback it returns is called for each event.
 * In a preview, where a captured output is not known yet, the result is unknown as well.
 *
 * @throws one sentence, naming the function, when a capture cannot be made right.
 */
export function bundle(factory: AnyFunction, options: BundleOptions): pulumi.Output<Bundle> {
  return pulumi.output(serialize(factory).catch(naming(options.name))).apply(({ text, map, outputs }) =>
    // The text holds the outputs' values: it is known when they are, and depends on what they depend on.
    pulumi.all(outputs).apply(() => write({ text, map }, options).catch(naming(options.name))),
  );
}

async function write(module: Module, options: BundleOptions): Promise<Bundle> {
  const { code, map, inputs } = await compile(module, process.cwd());
  const pulumiFile = inputs.find((file) => /(^|\/)node_modules\/@pulumi\//.test(file));
  if (pulumiFile !== undefined)
    throw new Error(
      `it would carry Pulumi itself (${pulumiFile}) into the Lambda function: move what the callback needs into a file that imports no @pulumi package.`,
    );
  const hash = createHash("sha256").update(code).digest("hex").slice(0, 16);
  const directory = path.join(options.directory ?? path.join(".stayopen", "build"), hash);
  await fs.mkdir(directory, { recursive: true });
  const file = path.join(directory, "index.js");
  await replaceFile(file, code);
  await replaceFile(`${file}.map`, map);
  return { hash, file, map: `${file}.map`, bytes: Buffer.byteLength(code) };
}

/** Writes under another name first: another process may be reading or writing the same bundle. */
async function replaceFile(file: string, content: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await fs.writeFile(unfinished, content);
  await fs.rename(unfinished, file);
}

function naming(name: string): (error: unknown) => never {
  return (error) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(`InlineFunction "${name}" cannot be bundled: ${why}`);
  };
}
