import * as pulumi from "@pulumi/pulumi";
import { type AnyFunction, closures } from "./closures";
import { type Import, ImportableModules } from "./modules";
import { type Rewritten, rewrite } from "./rewrite";

/** A callback factory as the text of an ES module that exports the callback as `handler`. */
export interface Serialized extends Rewritten {
  /** Outputs the factory captures: what they hold is in the text. */
  outputs: pulumi.Output<unknown>[];
  /** Functions that were captured, the factory first. */
  live: AnyFunction[];
  modules: ImportableModules;
}

/** Captures a callback factory with Pulumi's serializer and rewrites the text so that it can be bundled well. */
export async function serialize(factory: AnyFunction): Promise<Serialized> {
  // What follows the constructor call in the program belongs to the captured state: let the program run to its end.
  await new Promise((resolve) => setImmediate(resolve));
  const modules = new ImportableModules(closures());
  let pass = await capture(factory, modules);
  const reachedByCopy = nestedImports(pass.seen, modules);
  if (reachedByCopy.length > 0) {
    for (const value of reachedByCopy) modules.copyInstead(value);
    pass = await capture(factory, modules);
  }
  const live = [...pass.seen].filter((v): v is AnyFunction => typeof v === "function");
  const texts = live.map((fn) => ({ fn, text: Function.prototype.toString.call(fn) }));
  const rewritten = rewrite(pass.text, {
    importOf: (code, name) => theOnlyImport(withCode(texts, code), name, modules),
    nameOf: (code) => (withCode(texts, code).includes(factory) ? "" : (withCode(texts, code)[0]?.name ?? "")),
  });
  const outputs = [...pass.seen].filter((v): v is pulumi.Output<unknown> => pulumi.Output.isInstance(v));
  return { ...rewritten, outputs, live, modules };
}

async function capture(
  factory: AnyFunction,
  modules: ImportableModules,
): Promise<{ text: string; seen: Set<unknown> }> {
  const seen = new Set<unknown>([factory]);
  modules.visit(factory);
  const { text } = await pulumi.runtime.serializeFunction(factory, {
    isFactoryFunction: true,
    serialize: (value: unknown) => {
      if (modules.isImported(value)) return false;
      const isReference =
        typeof value === "function" || typeof value === "symbol" || (typeof value === "object" && value !== null);
      if (isReference) seen.add(value);
      if (typeof value === "function") modules.visit(value as AnyFunction);
      return true;
    },
  });
  return { text, seen };
}

/** Values to be imported that are also held by some captured object; there, the serializer would print `undefined`. */
function nestedImports(seen: Set<unknown>, modules: ImportableModules): unknown[] {
  const nested = new Set<unknown>();
  for (const value of seen) {
    if (pulumi.Output.isInstance(value) || pulumi.Resource.isInstance(value)) continue;
    for (const property of Object.values(Object.getOwnPropertyDescriptors(value as object)))
      if ("value" in property && modules.isImported(property.value)) nested.add(property.value);
  }
  return [...nested];
}

/** Live functions that the serializer may have printed as this code: it drops the name in front of the parameters. */
export function withCode(live: { fn: AnyFunction; text: string }[], code: string): AnyFunction[] {
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
      `Two captured functions with the same text use '${name}' for different modules: give one of the imports another name.`,
    );
  return [...found.values()][0];
}
