import { existsSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import * as acorn from "acorn";
import { type AnyFunction, type Closures, closures, type Lookup } from "./closures";
import { isReference, loadedModules, type Origin } from "./loadedModules";

/** How a captured value is imported by the bundle instead of being copied into it. */
export interface Import {
  /** What esbuild resolves: `node:fs`, an absolute file, or `inline:DIRECTORY|SPECIFIER`, as written in the capturing file. */
  specifier: string;
  what: Origin["what"];
}

/**
 * Captured values that are better imported: node builtins, packages, and files that never load Pulumi, and what they export.
 * Imported, they are evaluated anew in the Lambda function, tree-shaken and whole: a class keeps its private fields,
 * a client its connection, a schema its methods.
 */
export class ImportableModules {
  private readonly origins = loadedModules();
  /** Values that are copied after all. */
  private readonly copied = new Set<unknown>();
  private readonly lookups = new Map<AnyFunction, Lookup>();
  /** Values some captured function names directly; the serializer is told to leave them out. */
  private readonly direct = new Set<unknown>();

  public constructor(private readonly closures: Closures) {}

  /** Notes which free names of a function are importable, before the serializer walks its captures. */
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

  /** Whether the serializer is to leave this value to an import. */
  public isImported(value: unknown): boolean {
    return this.direct.has(value);
  }

  /** Has the serializer copy the value after all, because it is also reached through some object that is copied. */
  public copyInstead(value: unknown): void {
    this.direct.delete(value);
    this.copied.add(value);
  }

  /** The import for a name inside a function, or undefined where the name is not importable there. */
  public importOf(fn: AnyFunction, name: string): Import | undefined {
    const found = this.lookups.get(fn)?.(name);
    if (!found?.found || !this.direct.has(found.value)) return undefined;
    const origin = this.originOf(found.value);
    return origin && { specifier: this.specifierOf(fn, name, origin), what: origin.what };
  }

  /** A module that a function loads by itself, by `import()` or `require()`, is the one its own file would get. */
  public resolvedFor(fn: AnyFunction | undefined, written: string): string {
    const location = fn && this.closures.locate(fn);
    return location && !isBuiltin(written) ? `inline:${path.dirname(pathOf(location.url))}|${written}` : written;
  }

  private originOf(value: unknown): Origin | undefined {
    if (!isReference(value) || this.copied.has(value)) return undefined;
    const origin = this.origins.get(value);
    if (origin) return origin;
    // `import * as x` and `import x` of CommonJS compile to a fresh wrapper whose `default` is the module itself.
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
   * Packages are imported as the capturing file wrote them, so that esbuild picks their ES module build, which it can
   * tree-shake; the file that Node loaded is their CommonJS build.
   */
  private specifierOf(fn: AnyFunction, name: string, origin: Origin): string {
    if (origin.file.startsWith("node:") || !inPackage(origin.file)) return origin.file;
    const location = this.closures.locate(fn);
    if (!location) return origin.file;
    // A component from npm and the files it is made of: compiled to CommonJS, their imports could not be tree-shaken.
    if (packageFolderOf(origin.file) === packageFolderOf(pathOf(location.url)))
      return sourceOf(origin.file) ?? origin.file;
    const directory = path.dirname(pathOf(location.url));
    const written = this.writtenSpecifiers(location.scriptId).get(name);
    const wanted = [written, packageOf(origin.file)].find(
      (s) => s !== undefined && resolves(directory, s, origin.file),
    );
    return wanted === undefined ? origin.file : `inline:${directory}|${wanted}`;
  }

  /** Variable name → specifier, for each variable of a script that is initialized by a `require`. */
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

/** By script, which does not change once V8 has it. */
const writtenIn = new Map<string, Map<string, string>>();

/** The one source that a compiled file's map names, where the package publishes it as well. */
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
export const packageFolderOf = (file: string): string | undefined =>
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

/** `require("x")`, also inside the wrappers that TypeScript puts around it. */
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

/** Every name in a function's text; more than its free variables, which is enough to look for modules among them. */
export function identifiersOf(text: string): Set<string> {
  const known = identifierCache.get(text);
  if (known) return known;
  const names = new Set<string>();
  for (const match of text.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu)) names.add(match[0]);
  identifierCache.set(text, names);
  return names;
}
