import { existsSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import * as acorn from "acorn";
import { type AnyFunction, type Closures, closures, type Lookup } from "./closures";
import { findLoadedModules, isReference, type Origin } from "./loadedModules";

/** Import of a captured value, instead of a copy. */
export interface Import {
  /** Specifier for esbuild: `node:fs`, an absolute file, or `inline:DIRECTORY|SPECIFIER` as written in the capturing file. */
  specifier: string;
  what: Origin["what"];
}

/**
 * Captured values that are imported instead of copied: Node's modules, packages, files that do not load Pulumi, and their exports. They are
 * evaluated again in the Lambda function, tree-shaken and complete: a class keeps its private fields, a client its connection, a schema
 * its methods.
 */
export class ImportableModules {
  private readonly origins = findLoadedModules();
  /** Importable values that are copied nevertheless. */
  private readonly copied = new Set<unknown>();
  private readonly lookups = new Map<AnyFunction, Lookup>();
  /** Importable values that a captured function refers to by name; the serializer omits them. */
  private readonly direct = new Set<unknown>();

  public constructor(private readonly closures: Closures) {}

  /** Records the importable names of a function, before the serializer visits its captures. */
  public visit(fn: AnyFunction): void {
    if (this.lookups.has(fn)) return;
    const lookup = this.closures.lookup(fn);
    this.lookups.set(fn, lookup);
    const text = Function.prototype.toString.call(fn);
    for (const name of identifiersOf(text)) {
      const found = lookup(name);
      if (found.found && this.originOf(found.value)) this.direct.add(found.value);
    }
  }

  /** Is the value imported, so that the serializer has to omit it? */
  public isImported(value: unknown): boolean {
    return this.direct.has(value);
  }

  /** Lets the serializer copy the value, because a copied object holds it too. */
  public copyInstead(value: unknown): void {
    this.direct.delete(value);
    this.copied.add(value);
  }

  /** Import of a name inside a function; undefined if the name is not importable. */
  public importOf(fn: AnyFunction, name: string): Import | undefined {
    const found = this.lookups.get(fn)?.(name);
    if (!found?.found || !this.direct.has(found.value)) return undefined;
    const origin = this.originOf(found.value);
    return origin && { specifier: this.specifierOf(fn, name, origin), what: origin.what };
  }

  /** Specifier of a module that a function loads by `import()` or `require()`, resolved from the function's file. */
  public resolvedFor(fn: AnyFunction | undefined, written: string): string {
    const location = fn && this.closures.locate(fn);
    return location && !isBuiltin(written) ? `inline:${path.dirname(pathOf(location.url))}|${written}` : written;
  }

  private originOf(value: unknown): Origin | undefined {
    if (!isReference(value) || this.copied.has(value)) return undefined;
    const origin = this.origins.get(value);
    if (origin) return origin;
    // `import * as x` and `import x` of CommonJS compile to a new wrapper whose `default` is the module.
    if (typeof value !== "object" || !Object.hasOwn(value, "default")) return undefined;
    const inner: unknown = (value as { default: unknown }).default;
    if (!isReference(inner)) return undefined;
    const wrapped = this.origins.get(inner);
    if (!wrapped || typeof wrapped.what === "object") return undefined;
    const isWrapper = Object.getOwnPropertyNames(value).every(
      (k) => k === "default" || k === "__esModule" || k in inner,
    );
    return isWrapper ? { file: wrapped.file, what: "namespace" } : undefined;
  }

  /**
   * Packages are imported as the capturing file wrote them, so that esbuild selects their ES module build, which it can
   * tree-shake; Node loaded their CommonJS build.
   */
  private specifierOf(fn: AnyFunction, name: string, origin: Origin): string {
    if (origin.file.startsWith("node:") || !inPackage(origin.file)) return origin.file;
    const location = this.closures.locate(fn);
    if (!location) return origin.file;
    // A component from npm importing its own files: compiled to CommonJS, these could not be tree-shaken.
    if (packageFolderOf(origin.file) === packageFolderOf(pathOf(location.url)))
      return sourceOf(origin.file) ?? origin.file;
    const directory = path.dirname(pathOf(location.url));
    const written = this.writtenSpecifiers(location.scriptId).get(name);
    const wanted = [written, packageOf(origin.file)].find(
      (s) => s !== undefined && resolves(directory, s, origin.file),
    );
    return wanted === undefined ? origin.file : `inline:${directory}|${wanted}`;
  }

  /** Specifiers of a script's variables that are initialized by `require`, by variable. */
  private writtenSpecifiers(scriptId: string): Map<string, string> {
    const known = writtenIn.get(scriptId);
    if (known) return known;
    const found = new Map<string, string>();
    writtenIn.set(scriptId, found);
    const program = acorn.parse(this.closures.source(scriptId), {
      ecmaVersion: "latest",
      sourceType: "script",
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      allowHashBang: true,
    });
    for (const statement of program.body) {
      if (statement.type !== "VariableDeclaration") continue;
      for (const { id, init } of statement.declarations) {
        const specifier = requiredBy(init);
        if (specifier === undefined) continue;
        if (id.type === "Identifier") found.set(id.name, specifier);
        if (id.type === "ObjectPattern")
          for (const p of id.properties)
            if (p.type === "Property" && p.value.type === "Identifier") found.set(p.value.name, specifier);
      }
    }
    return found;
  }
}

/** Kept by script, because loaded scripts do not change. */
const writtenIn = new Map<string, Map<string, string>>();

/** Source of a compiled file, if its map names one source and the package publishes it. */
function sourceOf(file: string): string | undefined {
  const map = `${file}.map`;
  if (!existsSync(map)) return undefined;
  const { sources, sourceRoot = "" } = JSON.parse(readFileSync(map, "utf8")) as {
    sources: string[];
    sourceRoot?: string;
  };
  const [source] = sources;
  if (source === undefined || sources.length > 1) return undefined;
  const written = path.resolve(path.dirname(file), sourceRoot, source);
  return existsSync(written) ? written : undefined;
}

const inPackage = (file: string): boolean => /[\\/]node_modules[\\/]/.test(file);

/** Folder of the package that a file belongs to, or undefined for the project's own files. */
const packageFolderOf = (file: string): string | undefined =>
  /.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];

const packageOf = (file: string): string | undefined =>
  /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1]?.replace(/\\/g, "/");

/** File that a function was written in; empty for native code. */
export const scriptOf = (fn: AnyFunction): string => pathOf(closures().locate(fn)?.url ?? "");

/** Owner of the functions in Node's own scripts. */
export const NODE = "Node.js";

/** Folder of the package that a function was written in, {@link NODE}, or undefined for the project. */
export function ownerOf(fn: AnyFunction): string | undefined {
  const script = scriptOf(fn);
  return script.startsWith("node:") ? NODE : packageFolderOf(script);
}

/** Path of a script URL. */
export const pathOf = (url: string): string => (url.startsWith("file:") ? fileURLToPath(url) : url);

function resolves(directory: string, specifier: string, file: string): boolean {
  try {
    return createRequire(path.join(directory, "_.js")).resolve(specifier) === file;
  } catch {
    return false; // a package that does not export that path
  }
}

/** Specifier of `require("x")`, also inside TypeScript's wrappers. */
function requiredBy(init: acorn.Expression | null | undefined): string | undefined {
  let call: acorn.Expression | acorn.SpreadElement | null | undefined = init;
  while (call?.type === "CallExpression") {
    const argument: acorn.Expression | acorn.SpreadElement | undefined = call.arguments[0];
    if (call.callee.type === "Identifier" && call.callee.name === "require")
      return argument?.type === "Literal" && typeof argument.value === "string" ? argument.value : undefined;
    call = argument;
  }
  return undefined;
}

const identifierCache = new Map<string, Set<string>>();

/** All identifiers in a function's text: more than its free names, which suffices to find modules among them. */
export function identifiersOf(text: string): Set<string> {
  const known = identifierCache.get(text);
  if (known) return known;
  const names = new Set<string>();
  for (const match of text.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu)) names.add(match[0]);
  identifierCache.set(text, names);
  return names;
}
