import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Cache, replaceFile } from "./cache";
import { type AnyFunction, closures } from "./closures";
import { announce, type CompileOptions, compile, type Module } from "./compile";
import { positions } from "./positions";
import { findSecret } from "./secrets";
import { serialize } from "./serialize";
import { projectMap } from "./sourceMap";

/** A callback as one file for deployment. */
export interface Bundle {
  /** SHA-256 of the code, 16 hexadecimal digits. The same source gives the same hash on every machine. */
  hash: string;
  /** Absolute path of the minified CommonJS file. Its export `handler` is the callback. */
  file: string;
  /** Absolute path of its source map. */
  map: string;
  /** Size of the file in bytes, uncompressed. */
  bytes: number;
}

export interface BundleOptions {
  /** Name of the function in the program, for errors and stack traces. */
  name: string;
  /** Folder of the bundles, which has one folder per content hash. Default: `.stayopen/build` in the working directory. */
  directory?: string;
  /** As in `InlineFunctionArgs`. Default: `beside`. */
  sourceMap?: "beside" | "shipped";
  /** As in `InlineFunctionArgs`. Default: none. */
  external?: CompileOptions["external"];
  /** As in `InlineFunctionArgs`. Default: none. */
  loader?: CompileOptions["loader"];
}

/** Default folder of the bundles. */
export const BUILD_DIRECTORY = path.join(".stayopen", "build");

/**
 * Captures a callback factory and bundles it with its imports into one file.
 *
 * The factory's body runs once per cold start; the callback it returns is called for each event. If a captured output is unknown,
 * as in a preview, the result is unknown too.
 *
 * @throws {CaptureError} with one sentence for each capture that cannot be copied, which names the function, the variable and the line.
 */
export function bundle(factory: AnyFunction, options: BundleOptions): pulumi.Output<Bundle> {
  refuseModule(factory, options.name);
  const arrived = announce();
  const failed = (error: unknown): never => {
    throw new CaptureError(options.name, error);
  };
  const serialized = serialize(factory).catch(failed);
  void serialized.then(
    () => setImmediate(arrived), // by then, functions that wait for no output are in the queue of the compiler
    arrived,
  );
  // The text contains the outputs' values: it is known when they are, and depends on their resources.
  return pulumi
    .output(serialized.then(({ text, map, outputs }) => ({ text, map, outputs })))
    .apply(({ text, map }) => write({ text, map }, options).catch(failed));
}

async function write(module: Module, options: BundleOptions): Promise<Bundle> {
  const directory = path.resolve(options.directory ?? BUILD_DIRECTORY);
  const label = options.name.replace(/[^\w-]/g, "-");
  const { sourceMap = "beside", external, loader } = options;
  const compiling = { ...(external?.length && { external }), ...(loader && { loader }) };
  const kind = [label, sourceMap, ...(Object.keys(compiling).length > 0 ? [JSON.stringify(compiling)] : [])];
  const cache = new Cache(path.join(directory, "cache"), process.cwd());
  const kept = await cache.get(module, kind);
  if (kept && existsSync(fileOf(directory, kept.hash))) {
    const file = fileOf(directory, kept.hash);
    refuseSecrets(await fs.readFile(file));
    return { hash: kept.hash, file, map: `${file}.map`, bytes: kept.bytes };
  }
  const { code, map, inputs } = await compile(module, process.cwd(), compiling);
  refusePulumi(inputs);
  refuseSecrets(code);
  const hash = createHash("sha256").update(`${label}\n${sourceMap}\n`).update(code).digest("hex").slice(0, 16);
  // V8 shows this name in traces: it identifies the build that ran.
  const footer =
    sourceMap === "shipped" ? "//# sourceMappingURL=index.js.map\n" : `//# sourceURL=${label}-${hash}.js\n`;
  const file = fileOf(directory, hash);
  const content = Buffer.concat([code, Buffer.from(footer)]);
  const bytes = content.length;
  await fs.mkdir(path.dirname(file), { recursive: true });
  await replaceFile(`${file}.map`, sourceMap === "shipped" ? projectMap(Buffer.from(map).toString("utf8")) : map);
  await replaceFile(file, content);
  await cache.put(module, kind, { hash, bytes, inputs });
  return { hash, file, map: `${file}.map`, bytes };
}

/**
 * Refuses a callback of an ES module at once, so that the program stops at the first: Pulumi's serializer cannot read the variables of
 * modules (https://github.com/pulumi/pulumi/issues/18977).
 */
function refuseModule(factory: AnyFunction, name: string): void {
  if (!closures().isInModule(factory)) return;
  const { file, line } = positions().at(factory) ?? { file: "a file", line: 0 };
  throw new CaptureError(
    name,
    `its callback is in an ES module (${file}:${line}), whose variables cannot be read; move it into a CommonJS file, such as a \`.cts\` or \`.cjs\` file that the module imports.`,
  );
}

const fileOf = (directory: string, hash: string): string => path.join(directory, hash, "index.js");

function refuseSecrets(code: Uint8Array): void {
  const secret = findSecret(code);
  if (secret !== undefined)
    throw new Error(
      `the code contains the value of the secret setting \`${secret}\`; store it with \`secretParameter\` and call its \`read\` in the callback.`,
    );
}

function refusePulumi(inputs: string[]): void {
  const file = inputs.find((input) => /(^|\/)node_modules\/@pulumi\//.test(input));
  if (file !== undefined)
    throw new Error(
      `the bundle would contain Pulumi (${file}); move what the callback needs into a file that imports no @pulumi package.`,
    );
}

/** Error of a callback that cannot be bundled. Its sentences name the function, and Pulumi prints them without a stack trace. */
class CaptureError extends pulumi.RunError {
  private readonly sentences: string;

  public constructor(name: string, reason: unknown) {
    super(undefined as never);
    const sentences = reason instanceof Error ? reason.message : String(reason);
    this.sentences = sentences.replace(/^/gm, `InlineFunction "${name}": `);
  }

  // Pulumi puts "error serializing property …" in front of the message of each error that fails an argument.
  public override get message(): string {
    return this.sentences;
  }

  public override set message(_prefixed: string) {
    // Keeps the sentences.
  }
}
