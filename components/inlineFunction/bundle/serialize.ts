import * as pulumi from "@pulumi/pulumi";
import { analyzeText } from "./analysis";
import { findProblems } from "./checks";
import { type AnyFunction, closures } from "./closures";
import { type Import, ImportableModules, identifiersOf } from "./modules";
import { positions } from "./positions";
import { type EmittedFunction, type Rewritten, rewrite } from "./rewrite";
import { mapOfText } from "./sourceMap";
import { isSloppy } from "./variables";

/** A callback factory as the text of an ES module whose export `handler` is the callback. */
export interface Serialized extends Rewritten {
  /** Source map of the text, as JSON. */
  map: string;
  /** Captured outputs, whose values are in the text. */
  outputs: pulumi.Output<unknown>[];
}

/**
 * Captures a callback factory with Pulumi's serializer and rewrites the text so that it can be bundled well.
 *
 * @throws {Error} with one sentence for each capture that cannot be copied.
 */
export async function serialize(factory: AnyFunction): Promise<Serialized> {
  // Statements after the constructor call may change captured state: wait until the program has run.
  await new Promise((resolve) => setImmediate(resolve));
  closures().refresh();
  const modules = new ImportableModules(closures());
  let pass = await capture(factory, modules);
  const reachedByCopy = nestedImports(pass.seen, modules);
  if (reachedByCopy.length > 0) {
    for (const value of reachedByCopy) modules.copyInstead(value);
    pass = await capture(factory, modules);
  }
  refuseModules(pass.seen);
  const texts = [...pass.seen].filter(isFunction).map((fn) => ({ fn, text: Function.prototype.toString.call(fn) }));
  const liveOf = (code: string) => withCode(texts, code);
  const { seen } = pass;
  const outputs = [...seen].filter((v): v is pulumi.Output<unknown> => pulumi.Output.isInstance(v));
  const secrets = await secretsAmong(outputs);
  const rewritten = pass.error ? { error: pass.error } : rewriteOrError(pass.text, factory, modules, liveOf);
  // The checks come before the serializer's error, because their sentences name the variable.
  const functions = "error" in rewritten ? [...seen].filter(isFunction).map(unserialized) : rewritten.functions;
  const problems = findProblems({ functions, seen, liveOf, secrets });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  if ("error" in rewritten) throw new Error(inOneSentence(rewritten.error, seen));
  return { ...rewritten, map: mapOfText(rewritten, liveOf, positions()), outputs };
}

function rewriteOrError(
  text: string,
  factory: AnyFunction,
  modules: ImportableModules,
  liveOf: (code: string) => AnyFunction[],
): Rewritten | { error: Error } {
  try {
    return rewrite(text, {
      importOf: (code, name) => theOnlyImport(liveOf(code), name, modules),
      specifierOf: (code, written) => modules.resolvedFor(liveOf(code)[0], written),
      isSloppy: (code) => liveOf(code).length > 0 && liveOf(code).every(isSloppy),
      nameOf: (code) => (liveOf(code).includes(factory) ? "" : (liveOf(code)[0]?.name ?? "")),
    });
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Refuses copied functions of ES modules, which Pulumi's serializer cannot read the variables of. */
function refuseModules(seen: Set<unknown>): void {
  const found = [...seen].filter(isFunction).find((fn) => closures().isInModule(fn));
  if (!found) return;
  const { file, line } = positions().at(found) ?? { file: "a file", line: 0 };
  throw new Error(
    `it captures a function of an ES module (${file}:${line}), whose variables cannot be read; move that into a CommonJS file, such as a \`.cts\` or \`.cjs\` file that the module imports.`,
  );
}

const isFunction = (value: unknown): value is AnyFunction => typeof value === "function";

/** Describes a function as emitted, for the checks of a capture that the serializer failed on. */
function unserialized(fn: AnyFunction): EmittedFunction {
  const code = Function.prototype.toString.call(fn);
  const lookup = closures().lookup(fn);
  const captured = [...freeNamesOf(code)].filter((name) => lookup(name).found);
  return {
    variable: "",
    code,
    free: new Map(captured.map((name) => [name, { assigned: false, paths: [] }])),
    captured,
    values: [],
    imported: [],
    unresolved: undefined,
    offset: 0,
    renames: [],
  };
}

/** Free names of a function's text. A method's text does not stand alone: all its identifiers may be free. */
function freeNamesOf(code: string): Set<string> {
  try {
    return new Set(analyzeText(code).references.map(({ name }) => name));
  } catch {
    return identifiersOf(code);
  }
}

async function secretsAmong(outputs: pulumi.Output<unknown>[]): Promise<Set<unknown>> {
  const marked = await Promise.all(outputs.map(async (output) => ({ output, secret: await pulumi.isSecret(output) })));
  return new Set(marked.filter(({ secret }) => secret).map(({ output }) => output));
}

/** Shortens the serializer's error to one sentence: its last line is the reason, the lines before are the path to the value. */
function inOneSentence(error: Error, seen: Set<unknown>): string {
  const lines = error.message.split("\n\nFunction code:")[0]?.trim().split("\n") ?? [];
  const reason = lines.at(-1)?.trim() ?? error.message;
  const missing = /^Unexpected missing variable in closure environment: (.+)$/.exec(reason)?.[1];
  if (missing) return describeMissing(missing, seen);
  const way = lines
    .slice(1, -1)
    .map((line) => line.trim().replace(/[:,]?( which could not be serialized because)?$/, ""))
    .join(" ")
    .trim();
  if (reason.startsWith("arrow function captured 'this'")) {
    return `${describeArrow(seen) ?? `an arrow function (${way})`} uses the \`this\` around it, which cannot be copied; assign what it needs to a \`const\` before it and capture that.`;
  }
  return way ? `${way} could not be serialized: ${reason}` : reason;
}

/** Names what the serializer takes for a variable, with its position: a name that is assigned and never declared, or a label. */
function describeMissing(name: string, seen: Set<unknown>): string {
  const textOf = (fn: AnyFunction) => Function.prototype.toString.call(fn);
  const using = [...seen]
    .filter(isFunction)
    .findLast((fn) => identifiersOf(textOf(fn)).has(name) && !closures().lookup(fn)(name).found);
  const position = using && positions().ofName(using, name);
  const named = position ? `'${name}' (${position.file}:${position.line})` : `'${name}'`;
  const label = new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}\\s*:\\s*(for|while|do)\\b`);
  return using && label.test(textOf(using))
    ? `${named} is a label, which Pulumi's serializer takes for a variable; move the loop into a file that imports no @pulumi package.`
    : `${named} is declared nowhere; declare it, or move the function into a CommonJS file that imports no @pulumi package.`;
}

/** Names the captured arrow function that uses `this`, with its position: the one at which the serializer stopped. */
function describeArrow(seen: Set<unknown>): string | undefined {
  const fn = [...seen]
    .filter(isFunction)
    .findLast((one) => ARROW_WITH_THIS.test(Function.prototype.toString.call(one)));
  const position = fn && positions().at(fn);
  if (!fn || !position) return undefined;
  return `the arrow function${fn.name === "" ? "" : ` '${fn.name}'`} (${position.file}:${position.line})`;
}

const ARROW_WITH_THIS = /^(?:async\s*)?(?:\(.*?\)|[\w$]+)\s*=>.*\bthis\b/s;

interface Capture {
  text: string;
  seen: Set<unknown>;
  error?: Error;
}

async function capture(factory: AnyFunction, modules: ImportableModules): Promise<Capture> {
  const seen = new Set<unknown>([factory]);
  modules.visit(factory);
  try {
    const { text } = await pulumi.runtime.serializeFunction(factory, {
      isFactoryFunction: true,
      // The checks find secrets and name their variable.
      allowSecrets: true,
      serialize: (value: unknown) => {
        if (modules.isImported(value)) return false;
        const isReference = typeof value === "symbol" || typeof value === "object" || typeof value === "function";
        if (isReference && value !== null) seen.add(value);
        if (typeof value === "function") modules.visit(value as AnyFunction);
        return true;
      },
    });
    return { text, seen };
  } catch (error) {
    return { text: "", seen, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Importable values that a copied object holds too, where the serializer would print `undefined`. */
function nestedImports(seen: Set<unknown>, modules: ImportableModules): unknown[] {
  const nested = new Set<unknown>();
  for (const value of seen) {
    if (typeof value === "symbol" || pulumi.Output.isInstance(value) || pulumi.Resource.isInstance(value)) continue;
    for (const property of Object.values(Object.getOwnPropertyDescriptors(value as object)))
      if ("value" in property && modules.isImported(property.value)) nested.add(property.value);
  }
  return [...nested];
}

/** Live functions that the serializer may have printed as this code, without the name before the parameters. */
function withCode(live: { fn: AnyFunction; text: string }[], code: string): AnyFunction[] {
  const same = live.filter(({ text }) => text === code);
  if (same.length > 0) return same.map(({ fn }) => fn);
  const fromParameters = code.slice(code.indexOf("("));
  return live
    .filter(({ text }) => text.endsWith(fromParameters) || (text.startsWith("class") && text.includes(fromParameters)))
    .map(({ fn }) => fn);
}

function theOnlyImport(functions: AnyFunction[], name: string, modules: ImportableModules): Import | undefined {
  const found = new Map(functions.map((fn) => modules.importOf(fn, name)).map((i) => [JSON.stringify(i), i]));
  if (found.size > 1)
    throw new Error(
      `two captured functions with the same text use '${name}' for different modules; rename one of the imports.`,
    );
  return [...found.values()][0];
}
