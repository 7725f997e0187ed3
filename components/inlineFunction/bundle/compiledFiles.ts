import { createRequire } from "node:module";
import * as path from "node:path";
import * as vm from "node:vm";
import * as esbuild from "esbuild";

/** Files that are evaluated where the bundle is made: `checks.compiled.ts`. */
const COMPILED_FILE = /\.compiled\.[cm]?[jt]s$/;

/** Namespace of the generated modules, one for each export, so that a bundle has only those that it uses. */
const NAMESPACE = "compiled";

interface Evaluated {
  /** Expression of each export. */
  sources: Map<string, string>;
  /** Files that took part, relative to the root. */
  inputs: string[];
}

/**
 * Replaces files `NAME.compiled.ts` by the values of their exports: what such a file imports and computes is not in the bundle. An
 * export with a method `toSource` is replaced by the expression that the method returns; every other by itself as JSON.
 */
export class CompiledFiles {
  private readonly evaluated = new Map<string, Promise<Evaluated>>();
  private readonly inputs = new Map<string, string[]>();

  public constructor(private readonly root: string) {}

  public readonly plugin: esbuild.Plugin = {
    name: "compiled files",
    setup: (build) => {
      build.onLoad({ filter: COMPILED_FILE, namespace: "file" }, async ({ path: file }) => {
        const { sources } = await this.evaluate(file);
        const name = this.nameOf(file);
        const lines = [...sources.keys()].map(
          (key) => `export { default as ${key} } from ${JSON.stringify(`${NAMESPACE}:${name}#${key}`)};`,
        );
        return { contents: lines.join("\n"), loader: "js", resolveDir: path.dirname(file) };
      });
      build.onResolve({ filter: new RegExp(`^${NAMESPACE}:`) }, ({ path: name }) => ({
        path: name.slice(NAMESPACE.length + 1),
        namespace: NAMESPACE,
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path: name }) => {
        const hash = name.lastIndexOf("#");
        const file = path.resolve(this.root, name.slice(0, hash));
        const { sources } = await this.evaluate(file);
        const contents = `export default ${sources.get(name.slice(hash + 1))};`;
        return { contents, loader: "js", resolveDir: path.dirname(file) };
      });
    },
  };

  /** Replaces generated modules among the files of a bundle by the files that they were made from. */
  public withSources(inputs: readonly string[]): string[] {
    const sources = inputs.flatMap((input) =>
      input.startsWith(`${NAMESPACE}:`)
        ? (this.inputs.get(input.slice(NAMESPACE.length + 1, input.lastIndexOf("#"))) ?? [])
        : [input],
    );
    return [...new Set(sources)];
  }

  /** Path in module names: relative, so that the same source gives the same bytes in every folder. */
  private nameOf(file: string): string {
    return path.relative(this.root, file).replace(/\\/g, "/");
  }

  private evaluate(file: string): Promise<Evaluated> {
    const known = this.evaluated.get(file);
    if (known) return known;
    const evaluating = evaluate(file, this.root).then((evaluated) => {
      this.inputs.set(this.nameOf(file), evaluated.inputs);
      return evaluated;
    });
    this.evaluated.set(file, evaluating);
    return evaluating;
  }
}

/**
 * Evaluates a file in this process. It is bundled first: its state is not shared with the program, and its inputs are known to the
 * cache of bundles.
 */
async function evaluate(file: string, root: string): Promise<Evaluated> {
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: [file],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const module = { exports: {} as Record<string, unknown> };
  const run = vm.compileFunction(outputFiles[0]?.text ?? "", ["module", "exports", "require"], { filename: file });
  run(module, module.exports, createRequire(file));
  const sources = new Map<string, string>();
  for (const [key, value] of Object.entries(module.exports)) sources.set(key, expressionOf(value, key, file));
  return { sources, inputs: Object.keys(metafile.inputs) };
}

function expressionOf(value: unknown, key: string, file: string): string {
  const { toSource } = (value ?? {}) as { toSource?: unknown };
  if (typeof toSource === "function") return `(${String(toSource.call(value))})`;
  const json = typeof value === "function" ? undefined : JSON.stringify(value);
  if (json === undefined)
    throw new Error(
      `${path.basename(file)} exports \`${key}\`, which is neither JSON nor has a method \`toSource\`; export data, or move it into a file without \`.compiled\` in its name.`,
    );
  return `(${json})`;
}
