import * as pulumi from "@pulumi/pulumi";
import * as acorn from "acorn";
import { type AnyFunction, closures } from "./closures";
import { isReference } from "./loadedModules";
import { NODE, ownerOf, scriptOf } from "./modules";
import { positions } from "./positions";
import type { EmittedFunction } from "./rewrite";
import { findUnboundThis } from "./unboundThis";
import { findObjection, MAKE_INSIDE, type Objection } from "./values";
import { findEnvironmentVariable, findLaterAssignment, isSloppy } from "./variables";

/** Captures of a callback factory, live and as the serializer printed them. */
interface Captured {
  functions: readonly EmittedFunction[];
  /** All values that the serializer visited, the factory first. */
  seen: ReadonlySet<unknown>;
  /** The secret outputs among them. */
  secrets: ReadonlySet<unknown>;
  /** The live functions behind an emitted one: several if their texts are the same. */
  liveOf(code: string): AnyFunction[];
}

/**
 * Compares the meaning of captured functions where they were written with that of the serializer's text.
 *
 * @returns one sentence for each capture that would be wrong at run time without an error.
 */
export function findProblems({ functions, seen, liveOf, secrets }: Captured): string[] {
  const check = new Check(seen, secrets);
  for (const emitted of functions) check.function(emitted, liveOf(emitted.code));
  check.values();
  check.unboundThis();
  if (check.problems.length === 0) check.sharedAssignments(functions, liveOf);
  return check.problems;
}

class Check {
  private readonly found = new Map<string, string>();
  private readonly positions = positions();
  private readonly factory: AnyFunction;
  /** The package that the callback was written in; undefined for the project. */
  private readonly home: string | undefined;
  /** Captured variables in the order of the visit. The search for the holder of a refused value starts here. */
  private readonly roots: { fn: AnyFunction; name: string; value: unknown }[] = [];

  public constructor(
    private readonly seen: ReadonlySet<unknown>,
    private readonly secrets: ReadonlySet<unknown>,
  ) {
    const [factory] = seen;
    this.factory = factory as AnyFunction;
    this.home = ownerOf(this.factory);
  }

  public get problems(): string[] {
    return [...this.found.values()];
  }

  public function(emitted: EmittedFunction, live: AnyFunction[]): void {
    const [first] = live;
    if (!first) this.replaced(emitted);
    else if (emitted.unresolved)
      this.report(
        first,
        emitted.unresolved,
        "loads a module whose name is known only at run time, when the file is not there",
        "write the name of the module as a literal",
      );
    if (first && isSloppy(first)) this.sloppySyntax(first, emitted.code);
    for (const fn of live) {
      // Copied parts of packages are reported under the variable that holds them.
      if (ownerOf(fn) !== this.home) continue;
      const lookup = closures().lookup(fn);
      for (const [name, { paths }] of emitted.free) {
        if (emitted.imported.includes(name)) continue;
        const found = lookup(name);
        if (!found.found) continue;
        if (!emitted.captured.includes(name)) this.notCaptured(fn, name, found.value);
        else {
          this.captured(fn, name, found.value);
          for (const path of paths) this.selfReference(fn, name, found.value, path);
        }
      }
    }
  }

  /** The bundle is parsed as an ES module, which has no syntax of sloppy mode. */
  private sloppySyntax(fn: AnyFunction, code: string): void {
    try {
      acorn.parse(`(${code})`, { ecmaVersion: "latest", sourceType: "module" });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const text = Function.prototype.toString.call(fn);
      const inCode = ((error as SyntaxError & { pos?: number }).pos ?? 1) - 1;
      // The serializer drops the name in front of the parameters.
      const position = this.positions.at(fn, inCode + text.length - code.length);
      const where = position ? ` (${position.file}:${position.line})` : "";
      const reason = error.message.replace(/ \(\d+:\d+\)$/, "");
      this.found.set(
        `sloppy${where}`,
        `'${fn.name || "the callback"}'${where} has syntax that strict code does not allow (${reason}); rewrite it for "use strict", or move it into a CommonJS file that imports no @pulumi package.`,
      );
    }
  }

  private captured(fn: AnyFunction, name: string, value: unknown): void {
    this.roots.push({ fn, name, value });
    const setting = findEnvironmentVariable(fn, name);
    if (setting !== undefined)
      this.report(
        fn,
        name,
        `holds the value of \`${setting}\` on the deploying machine`,
        "set it in `environment` and read `process.env` in the callback",
      );
    const later = findLaterAssignment(fn, name);
    if (later === undefined) return;
    const position = this.positions.at(fn, later - (this.positions.place(fn)?.offset ?? 0));
    this.report(
      fn,
      name,
      `is assigned by a function (${position ? `${position.file}:${position.line}` : "of another file"}), but the bundle has its value at deployment`,
      "make it a `const`, read an output by `.get()`, or declare it inside `callbackFactory`",
    );
  }

  /** The serializer gives up a property path that passes one object twice, and copies only what the first pass needs. */
  private selfReference(fn: AnyFunction, name: string, value: unknown, path: readonly string[]): void {
    const passed: [object: unknown, key: string][] = [];
    let at = value;
    for (const [i, key] of path.entries()) {
      const first = passed.findIndex(([object, before]) => object === at && before === key);
      if (first >= 0) {
        const written = [name, ...path].join(".");
        const shorter = [name, ...path.slice(0, first), ...path.slice(i)].join(".");
        this.report(
          fn,
          name,
          `refers to itself, and \`${written}\` reads the same object twice, of which the copy would lose a part`,
          `write \`${shorter}\``,
        );
        return;
      }
      passed.push([at, key]);
      const property = isReference(at) ? Object.getOwnPropertyDescriptor(at, key) : undefined;
      if (!property || !("value" in property)) return;
      at = property.value;
    }
  }

  private notCaptured(fn: AnyFunction, name: string, value: unknown): void {
    if (name === "require" || name === "arguments" || value === (globalThis as Record<string, unknown>)[name]) return;
    if (name === "__dirname" || name === "__filename")
      this.report(
        fn,
        name,
        "names another folder in the Lambda function",
        "import the file, or read it during deployment and capture its text",
      );
    else if (name in globalThis)
      this.report(fn, name, "has the name of a global, which the function would use instead", "rename it");
    else
      this.report(
        fn,
        name,
        "is used where Pulumi's serializer does not look, such as after `extends`",
        "assign it to a `const` inside `callbackFactory` and use that",
      );
  }

  /** Code of no live function: the serializer's replacement for a function that works during deployment only. */
  private replaced({ code, captured, values }: EmittedFunction): void {
    const message = values[captured.indexOf("message")];
    const name = message?.includes("It can only be used at deployment time") && /Function '([^']+)'/.exec(message)?.[1];
    if (name)
      this.found.set(
        code,
        `'${name}' works during deployment only, and a callback uses it; call it outside of the callback and capture the result.`,
      );
  }

  /** Reports values that the serializer cannot copy, each under the first variable that leads to it. */
  public values(): void {
    const prototypes = new Set<unknown>();
    for (const value of this.seen) if (typeof value === "function") prototypes.add(value.prototype);
    let first: string | undefined;
    for (const value of this.seen) {
      const objection = this.secrets.has(value)
        ? SECRET
        : (findObjection(value, this.seen, prototypes) ?? objectionToPackage(value, this.home));
      if (!objection) continue;
      const holder = this.holderOf(value);
      if (holder) this.report(holder.fn, holder.name, `${holder.path}${objection.what}`, objection.instead);
      else if (!first) first = `A captured value is ${objection.what}; ${objection.instead}.`;
    }
    if (first && this.found.size === 0) this.found.set(first, first);
  }

  /** The captured variable that leads to a value, and the properties in between. */
  private holderOf(wanted: unknown): { fn: AnyFunction; name: string; path: string } | undefined {
    for (const { fn, name, value } of this.roots) {
      const queue: [value: unknown, path: string[]][] = [[value, []]];
      const visited = new Set<unknown>();
      for (const [current, path] of queue) {
        if (current === wanted) return { fn, name, path: path.length > 0 ? `holds \`${path.join(".")}\`, ` : "is " };
        if (visited.has(current) || pulumi.Output.isInstance(current)) continue;
        visited.add(current);
        if (this.seen.has(current)) queue.push(...propertiesOf(current as object, path));
      }
    }
    return undefined;
  }

  /** Reports a callback that uses `this`, which Lambda does not set. */
  public unboundThis(): void {
    const found = findUnboundThis(this.factory);
    if (!found) return;
    const { written, at, isFactory, parameters } = found;
    const position = this.positions.at(at.fn, at.offset);
    const where = position ? ` (${position.file}:${position.line})` : "";
    const handler = isFactory ? "`callbackFactory`" : written ? `'${written}'` : "the callback";
    const event = parameters > 1 ? "event, context" : "event";
    const method = /^[\w$.]+\.[\w$]+$/.test(written) ? written : undefined;
    const instead = isFactory
      ? "pass an arrow function, such as `() => service.makeCallback()`, or capture what it needs in a `const`"
      : method
        ? `return \`(${event}) => ${method}(${event})\``
        : "return an arrow function, such as `(event) => service.handler(event)`";
    this.found.set(`this${where}`, `${handler}${where} uses \`this\`, which is undefined in the function; ${instead}.`);
  }

  /** Reports a variable that one function assigns and another reads: in the bundle each has its own. */
  public sharedAssignments(functions: readonly EmittedFunction[], liveOf: (code: string) => AnyFunction[]): void {
    const users = new Map<string, { emitted: EmittedFunction; fn: AnyFunction }[]>();
    for (const emitted of functions)
      for (const name of emitted.captured) {
        const [fn] = liveOf(emitted.code);
        if (fn && name !== "ownKeys") users.set(name, [...(users.get(name) ?? []), { emitted, fn }]);
      }
    for (const [name, all] of users) {
      const writer = all.find(({ emitted }) => emitted.free.get(name)?.assigned);
      if (!writer || all.length < 2) continue;
      this.report(
        writer.fn,
        name,
        "is assigned by one captured function and used by another, but each would have its own copy",
        "move it into a file that imports no @pulumi package, or declare both functions inside `callbackFactory`",
      );
    }
  }

  private report(fn: AnyFunction, name: string, what: string, instead: string): void {
    const position = this.positions.ofName(fn, name);
    const where = position ? ` (${position.file}:${position.line})` : "";
    const sentence = `'${name}'${where} ${what}; ${instead}.`;
    // One sentence per variable and place: further problems of it follow from the first.
    if (!this.found.has(name + where)) this.found.set(name + where, sentence);
  }
}

const SECRET: Objection = {
  what: "a secret, which would be readable in the bundle",
  instead: "store it with `secretParameter` and call its `read` in the callback",
};

/** Properties of a value and of its prototypes, as the serializer visits them. */
function propertiesOf(value: object, path: string[]): [value: unknown, path: string[]][] {
  const properties: [value: unknown, path: string[]][] = [];
  for (let at: object | null = value; at && !isGlobalPrototype(at); at = Object.getPrototypeOf(at) as object | null) {
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if ("value" in property) properties.push([property.value, [...path, key]]);
    for (const key of Object.getOwnPropertySymbols(at)) properties.push([key, [...path, String(key)]]);
  }
  return properties;
}

const isGlobalPrototype = (value: object): boolean =>
  value === Object.prototype || value === Function.prototype || value === Array.prototype;

/** Objects to functions of other packages and of Node: these belong to an object that was created during deployment. */
function objectionToPackage(value: unknown, home: string | undefined): Objection | undefined {
  if (typeof value !== "function") return undefined;
  const owner = ownerOf(value as AnyFunction);
  if (owner === undefined || owner === home || isStandInForOutput(value as AnyFunction)) return undefined;
  if (owner === NODE) return { what: "a function of Node.js, which cannot be copied", instead: MAKE_INSIDE };
  const name = owner.replace(/.*[\\/]node_modules[\\/]/, "");
  return {
    what: name.startsWith("@pulumi/")
      ? `part of ${name}, which works during deployment only`
      : `part of an object that the package ${name} created during deployment`,
    instead: MAKE_INSIDE,
  };
}

/** At run time an output is an object of this class of the serializer, whose `get` returns the value. */
const isStandInForOutput = (fn: AnyFunction): boolean => /[\\/]closure[\\/]createClosure\.js$/.test(scriptOf(fn));
