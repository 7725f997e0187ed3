import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Cache, replaceFile } from "./cache";
import type { AnyFunction } from "./closures";
import { announce, compile, type Module } from "./compile";
import { secretIn } from "./secrets";
import { serialize } from "./serialize";
import { projectMap } from "./sourceMap";

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
  /** The function's name in the program, for error sentences and stack traces. */
  name: string;
  /** Where bundles are written, one folder each, named by content. Default `.stayopen/build` in the working directory. */
  directory?: string;
  /**
   * `beside`: stack traces name the bundle, and `trace` turns them into source positions.
   * `shipped`: the map of the project's own files goes with the code, and Node translates traces itself (a few ms of each cold start).
   * Default `beside`.
   */
  sourceMap?: "beside" | "shipped";
}

/** Where bundles are written unless told otherwise. */
export const BUILD_DIRECTORY = path.join(".stayopen", "build");

/**
 * Captures a callback factory and bundles it with everything it needs into one file.
 *
 * The factory's body runs once per cold start; the callback it returns is called for each event.
 * In a preview, where a captured output is not known yet, the result is unknown as well.
 *
 * @throws one sentence for each capture that cannot be made right, naming the function, the variable and the line.
 */
export function bundle(factory: AnyFunction, options: BundleOptions): pulumi.Output<Bundle> {
  const arrived = announce();
  const serialized = serialize(factory).catch(naming(options.name));
  void serialized.then(
    () => setImmediate(arrived), // by then, what waits for no output has asked to be compiled
    arrived,
  );
  // The outputs go along, because the text holds what they hold: it is known when they are, and depends on what they do.
  return pulumi
    .output(serialized.then(({ text, map, outputs }) => ({ text, map, outputs })))
    .apply(({ text, map }) => write({ text, map }, options).catch(naming(options.name)));
}

async function write(module: Module, options: BundleOptions): Promise<Bundle> {
  const directory = options.directory ?? BUILD_DIRECTORY;
  const label = options.name.replace(/[^\w-]/g, "-");
  const { sourceMap = "beside" } = options;
  const cache = new Cache(path.join(directory, "cache"), process.cwd());
  const kept = await cache.get(module, [label, sourceMap]);
  if (kept && existsSync(fileOf(directory, kept.hash))) {
    const file = fileOf(directory, kept.hash);
    refuseSecrets(await fs.readFile(file));
    return { hash: kept.hash, file, map: `${file}.map`, bytes: kept.bytes };
  }
  const { code, map, inputs } = await compile(module, process.cwd());
  refusePulumi(inputs);
  refuseSecrets(code);
  const hash = createHash("sha256").update(`${label}\n${sourceMap}\n`).update(code).digest("hex").slice(0, 16);
  // The name that V8 shows in traces leads to the very build that ran.
  const footer =
    sourceMap === "shipped" ? "//# sourceMappingURL=index.js.map\n" : `//# sourceURL=${label}-${hash}.js\n`;
  const file = fileOf(directory, hash);
  const content = Buffer.concat([code, Buffer.from(footer)]);
  const bytes = content.length;
  await fs.mkdir(path.dirname(file), { recursive: true });
  await replaceFile(`${file}.map`, sourceMap === "shipped" ? projectMap(Buffer.from(map).toString("utf8")) : map);
  await replaceFile(file, content);
  await cache.put(module, [label, sourceMap], { hash, bytes, inputs });
  return { hash, file, map: `${file}.map`, bytes };
}

const fileOf = (directory: string, hash: string): string => path.join(directory, hash, "index.js");

function refuseSecrets(code: Uint8Array): void {
  const secret = secretIn(code);
  if (secret !== undefined)
    throw new Error(
      `the value of the secret setting \`${secret}\` is in the code; make a \`secretParameter\` of it and call its \`read\` in the callback.`,
    );
}

function refusePulumi(inputs: string[]): void {
  const file = inputs.find((input) => /(^|\/)node_modules\/@pulumi\//.test(input));
  if (file !== undefined)
    throw new Error(
      `it would carry Pulumi itself (${file}) into the Lambda function; move what the callback needs into a file that imports no @pulumi package.`,
    );
}

function naming(name: string): (error: unknown) => never {
  return (error) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(
      why
        .split("\n")
        .map((line) => `InlineFunction "${name}": ${line}`)
        .join("\n"),
    );
  };
}
