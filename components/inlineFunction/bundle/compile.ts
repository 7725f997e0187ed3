import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as esbuild from "esbuild";
import { awsSdkForLambda } from "./awsSdk";
import { CompiledFiles } from "./compiledFiles";
import { packageEdits } from "./packageEdits";
import { STRICT_FILE } from "./variables";

/** A module to bundle. */
export interface Module {
  text: string;
  /** Source map of the text, as JSON; its sources are relative to `root`. */
  map: string;
}

/** Options of one bundle. */
export interface CompileOptions {
  /** Packages that are not bundled. */
  external?: readonly string[];
  /** Loaders of files, by the end of their names. */
  loader?: Readonly<Record<string, FileLoader>>;
}

/** As text, as bytes (`Uint8Array`), parsed, as base64 text, or left out. */
export const FILE_LOADERS = ["text", "binary", "json", "base64", "empty"] as const;
export type FileLoader = (typeof FILE_LOADERS)[number];

/** A bundled module. */
export interface Compiled {
  code: Uint8Array;
  /** Source map of the code, as JSON. */
  map: Uint8Array;
  /** Files in the bundle, relative to `root`. */
  inputs: string[];
}

interface Entry extends Module {
  root: string;
  options: CompileOptions;
  resolve(compiled: Compiled): void;
  reject(error: Error): void;
}

const waiting: Entry[] = [];
let timer: NodeJS.Timeout | undefined;
let announced = 0;

/** Time to wait for further modules: short, or long while announced ones are missing. */
const GATHERING_MS = 10;
const GATHERING_ANNOUNCED_MS = 400;

/**
 * Announces a module, so that others wait for it: a common build reads and parses shared files once.
 *
 * @returns a function to call when the module has been passed to {@link compile}, or will not be.
 */
export function announce(): () => void {
  announced += 1;
  return () => {
    announced -= 1;
    if (waiting.length > 0) gather();
  };
}

function gather(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void buildWaiting(), announced > 0 ? GATHERING_ANNOUNCED_MS : GATHERING_MS);
}

/**
 * Bundles the text of an ES module and its imports into one minified CommonJS file. Modules passed at about the same time are built in one
 * esbuild run.
 */
export function compile(module: Module, root: string, options: CompileOptions = {}): Promise<Compiled> {
  return new Promise((resolve, reject) => {
    waiting.push({ ...module, root, options, resolve, reject });
    gather();
  });
}

async function buildWaiting(): Promise<void> {
  const entries = waiting.splice(0);
  const kindOf = ({ root, options }: Entry) => JSON.stringify([root, options.external, options.loader]);
  for (const kind of new Set(entries.map(kindOf))) {
    const together = entries.filter((e) => kindOf(e) === kind);
    try {
      const built = await build(together);
      together.forEach((entry, i) => {
        const compiled = built[i];
        if (compiled) entry.resolve(compiled);
      });
    } catch (error) {
      // An error of one function must not fail the others: each is built alone.
      for (const entry of together)
        await build([entry]).then(
          ([compiled]) => compiled && entry.resolve(compiled),
          (own: unknown) => entry.reject(new Error(sentenceOf(own ?? error))),
        );
    }
  }
}

/** First error of esbuild, with its position unless that is in generated text. */
function sentenceOf(error: unknown): string {
  const [first] = (error as Partial<esbuild.BuildFailure>).errors ?? [];
  if (!first) return error instanceof Error ? error.message : String(error);
  const at =
    first.location && !first.location.file.startsWith("closure")
      ? ` (${first.location.file}:${first.location.line})`
      : "";
  const addon = /No loader is configured for "\.node" files: (?:.*node_modules\/)?((?:@[^/]+\/)?[^/]+)/.exec(
    first.text,
  );
  if (addon) {
    return `the package ${addon[1]} has a native addon${at}, which cannot be bundled; put it into a layer, and name it in \`external\`.`;
  }
  const unknown = /No loader is configured for "(\.\w+)" files: (.*)/.exec(first.text);
  if (unknown) {
    return `it imports ${unknown[2]}${at}, and no loader says how to bundle it; give \`loader: { "${unknown[1]}": "binary" }\`, or "text".`;
  }
  return `esbuild cannot bundle it: ${first.text}${at}.`;
}

async function build(modules: Entry[]): Promise<Compiled[]> {
  const { root, options: own } = modules[0]!;
  const options: esbuild.BuildOptions = {
    ...ESBUILD_OPTIONS,
    absWorkingDir: root,
    entryPoints: modules.map((_, i) => ({ in: `closure:${i}`, out: String(i) })),
    outdir: root,
    // A CommonJS file has no `import.meta`: without these its fields would be undefined without an error.
    define: {
      "import.meta.url": IMPORT_META_URL,
      "import.meta.filename": "__filename",
      "import.meta.dirname": "__dirname",
    },
    ...(own.external?.length && {
      external: [...own.external],
      // Node looks for `require` in layers, but not for `import`.
      supported: { "dynamic-import": false },
    }),
    ...(own.loader && { loader: { ...own.loader } }),
  };
  const compiled = new CompiledFiles(root);
  const plugins = [closurePlugin(modules, root), ...bundlePlugins(compiled)];
  const bundleAll = async (more: esbuild.BuildOptions) => {
    const result = await bundleWith({ ...options, plugins, ...more });
    // Injected only where it is needed: esbuild would ask the plugin for it once for each file, and keep it in every bundle.
    const isMissing = result.outputFiles.some(({ path: file, contents }) => isCode(file) && hasMetaUrl(contents));
    if (!isMissing) return result;
    const withUrl = [...(more.plugins ?? plugins), importMetaUrl];
    return await bundleWith({ ...options, ...more, plugins: withUrl, inject: [IMPORT_META_MODULE] });
  };
  const inModes = () => bundleAll({ plugins: [...plugins, ownLanguageMode] });
  let result: Awaited<ReturnType<typeof bundleWith>>;
  if (Object.keys(require.cache).some(isSloppyFile)) result = await inModes();
  else {
    // A sloppy file that the program has not loaded is among the files that esbuild read or could not parse.
    const first = await bundleAll({}).catch((error: esbuild.BuildFailure) => error);
    const read =
      "metafile" in first ? Object.keys(first.metafile.inputs) : first.errors.map((e) => e.location?.file ?? "");
    if (read.some((file) => isSloppyFile(path.resolve(root, file)))) result = await inModes();
    else if ("metafile" in first) result = first;
    else throw first;
  }
  refuseEmptyImports(result.warnings);
  const files = new Map(result.outputFiles.map((file) => [file.path, file.contents]));
  return modules.map((_, i) => {
    const code = files.get(path.join(root, `${i}.js`));
    const map = files.get(path.join(root, `${i}.js.map`));
    if (!code || !map) throw new Error("esbuild returned no file.");
    return { code, map, inputs: compiled.withSources(Object.keys(result.metafile.outputs[`${i}.js`]?.inputs ?? {})) };
  });
}

const bundleWith = (options: esbuild.BuildOptions) =>
  withoutCollector(() => esbuild.build(options as typeof ESBUILD_OPTIONS));

/**
 * Starts esbuild without garbage collection up to a memory limit: its process lives for seconds, and collecting takes a third of its
 * processor time. The process reads the settings when it starts, which is within the first call.
 */
export function withoutCollector<T>(start: () => T): T {
  const before = Object.keys(ESBUILD_ENVIRONMENT).map((key) => [key, process.env[key]] as const);
  for (const [key, value] of Object.entries(ESBUILD_ENVIRONMENT)) process.env[key] ??= value;
  try {
    return start();
  } finally {
    for (const [key, value] of before) if (value === undefined) delete process.env[key];
  }
}

/** Settings of esbuild's Go runtime. The caller's environment has priority. */
const ESBUILD_ENVIRONMENT = { GOGC: "off", GOMEMLIMIT: "1536MiB" };

/** Plugins of every bundle, besides those that read closures. */
export const bundlePlugins = (compiled: CompiledFiles): esbuild.Plugin[] => [
  compiled.plugin,
  packageEdits,
  awsSdkForLambda,
];

/** Options of every bundle. A change here changes the bytes of every function. */
export const ESBUILD_OPTIONS = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "cjs",
  minify: true,
  mainFields: ["module", "main"],
  legalComments: "none",
  sourcemap: "external",
  sourcesContent: false,
  metafile: true,
  write: false,
  logLevel: "silent",
} as const satisfies esbuild.BuildOptions;

/**
 * Resolves `closure:N` to the N-th text, and `inline:DIRECTORY|SPECIFIER` as a file in that directory would: a captured package is that
 * of the capturing file, not that of the project's root.
 */
function closurePlugin(modules: Module[], root: string): esbuild.Plugin {
  return {
    name: "closures",
    setup(build) {
      build.onResolve({ filter: /^closure:/ }, ({ path: name }) => ({ path: name, namespace: "closure" }));
      build.onLoad({ filter: /.*/, namespace: "closure" }, ({ path: name }) => ({
        contents: withMap(modules[Number(name.slice("closure:".length))]),
        loader: "js",
        resolveDir: root,
      }));
      build.onResolve({ filter: /^inline:/ }, ({ path: name, kind }) => {
        const bar = name.indexOf("|");
        return build.resolve(name.slice(bar + 1), { resolveDir: name.slice("inline:".length, bar), kind });
      });
    },
  };
}

/** Name of the bundle's URL in bundled files, and the module that exports it. */
const IMPORT_META_URL = "importMetaUrl";
const IMPORT_META_MODULE = "import-meta-url";

const isCode = (file: string): boolean => file.endsWith(".js");
const hasMetaUrl = (code: Uint8Array): boolean =>
  Buffer.from(code.buffer, code.byteOffset, code.length).includes(IMPORT_META_URL);

/** Gives bundled ES modules the URL of the bundle, so that `createRequire` finds Node's modules and layers. */
const importMetaUrl: esbuild.Plugin = {
  name: "import.meta.url",
  setup(build) {
    build.onResolve({ filter: /^import-meta-url$/ }, () => ({
      path: IMPORT_META_MODULE,
      namespace: IMPORT_META_MODULE,
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: IMPORT_META_MODULE }, () => ({
      contents: `export const ${IMPORT_META_URL} = /* @__PURE__ */ require("node:url").pathToFileURL(__filename).href;`,
      loader: "js",
    }));
  },
};

/**
 * Keeps the project's CommonJS files without a directive sloppy. esbuild applies `strict` of a tsconfig.json to JavaScript files, which
 * Node does not; files that a plugin resolves have no settings of a tsconfig.json.
 */
const ownLanguageMode: esbuild.Plugin = {
  name: "own language mode",
  setup(build) {
    build.onResolve(
      { filter: /^\.{0,2}[\\/]|^[A-Za-z]:[\\/]/ },
      async ({ path: name, importer, resolveDir, kind, namespace, pluginData }) => {
        if (pluginData === RESOLVING || IN_PACKAGE.test(importer)) return undefined;
        const found = await build.resolve(name, { importer, resolveDir, kind, namespace, pluginData: RESOLVING });
        const isOwn = found.errors.length === 0 && found.namespace === "file" && /\.c?js$/.test(found.path);
        return isOwn && !IN_PACKAGE.test(found.path) ? { path: found.path, sideEffects: found.sideEffects } : undefined;
      },
    );
  },
};

const RESOLVING = Symbol("resolving");
const IN_PACKAGE = /[\\/]node_modules[\\/]/;

const modes = new Map<string, boolean>();

/** Is the file JavaScript of the project without a directive? Only projects with such files pay for resolving each import in a plugin. */
function isSloppyFile(file: string): boolean {
  if (!/\.c?js$/.test(file) || IN_PACKAGE.test(file)) return false;
  let isSloppy = modes.get(file);
  if (isSloppy === undefined) {
    isSloppy = existsSync(file) && !STRICT_FILE.test(readFileSync(file, "utf8"));
    modes.set(file, isSloppy);
  }
  return isSloppy;
}

/** Refuses an export that is missing in a package's ES module build, which would be `undefined` at run time without an error. */
function refuseEmptyImports(warnings: esbuild.Message[]): void {
  const empty = warnings.find((w) => w.id === "import-is-undefined" && w.location?.namespace === "closure");
  if (empty) throw new Error(`${empty.text} Import it by name in the file of the callback.`);
}

const withMap = (module: Module | undefined): string =>
  module
    ? `${module.text}//# sourceMappingURL=data:application/json;base64,${Buffer.from(module.map).toString("base64")}\n`
    : "";
