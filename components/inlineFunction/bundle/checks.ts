import * as pulumi from "@pulumi/pulumi";
import * as acorn from "acorn";
import { type AnyFunction, closures } from "./closures";
import { packageFolderOf, pathOf } from "./modules";
import { positions } from "./positions";
import type { EmittedFunction } from "./rewrite";
import { findUnboundThis } from "./unboundThis";
import { type Objection, objectionTo } from "./values";
import { isSloppy, laterAssignment } from "./variables";

/** What a callback factory captures, live and as the serializer printed it. */
interface Captured {
  functions: readonly EmittedFunction[];
  /** Everything the serializer walked through, the factory first. */
  seen: ReadonlySet<unknown>;
  /** Outputs among it that hold secrets. */
  secrets: ReadonlySet<unknown>;
  /** The live functions behind an emitted one; several, where their texts are the same. */
  liveOf(code: string): AnyFunction[];
}

/**
 * Compares what the captured functions mean where they were written with what the serializer's text makes of them.
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
  /** The package the callback was written in, undefined for the project itself. */
  private readonly home: string | undefined;
  /** Captured variables, in the order they were met: where the search for a bad value's holder starts. */
  private readonly roots: { fn: AnyFunction; name: string; value: unknown }[] = [];

  public constructor(
    private readonly seen: ReadonlySet<unknown>,
    private readonly secrets: ReadonlySet<unknown>,
  ) {
    const [factory] = seen;
    this.factory = factory as AnyFunction;
    this.home = packageFolderOf(scriptOf(this.factory));
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
        "loads a module whose name is known only at run time, when there are no files to load",
        "write the name of the module as a literal",
      );
    if (first && isSloppy(first)) this.sloppySyntax(first, emitted.code);
    for (const fn of live) {
      // Copied parts of packages are reported as what holds them.
      if (packageFolderOf(scriptOf(fn)) !== this.home) continue;
      const lookup = closures().lookup(fn);
      for (const [name] of emitted.free) {
        if (emitted.imported.includes(name)) continue;
        const found = lookup(name);
        if (!found.found) continue;
        if (emitted.captured.includes(name)) this.captured(fn, name, found.value);
        else this.notCaptured(fn, name, found.value);
      }
    }
  }

  /** The bundle is parsed as an ES module: what only sloppy mode can parse has no place in it. */
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
        `'${fn.name || "the callback"}'${where} cannot be copied into strict code (${reason}); write it so that it runs under "use strict", or move it into a CommonJS file that imports no @pulumi package.`,
      );
    }
  }

  private captured(fn: AnyFunction, name: string, value: unknown): void {
    if (packageFolderOf(scriptOf(fn)) === this.home) this.roots.push({ fn, name, value });
    const later = laterAssignment(fn, name);
    if (later === undefined) return;
    const position = this.positions.at(fn, later - (this.positions.place(fn)?.offset ?? 0));
    this.report(
      fn,
      name,
      `is assigned again by a function (${position ? `${position.file}:${position.line}` : "elsewhere"}), but the bundle holds what it was at deployment`,
      "make it a `const`, read an output by `.get()`, or declare it inside `callbackFactory`",
    );
  }

  private notCaptured(fn: AnyFunction, name: string, value: unknown): void {
    if (name === "require" || name === "arguments" || value === (globalThis as Record<string, unknown>)[name]) return;
    if (name === "__dirname" || name === "__filename")
      this.report(
        fn,
        name,
        "is another folder in the Lambda function",
        "import the file's content, or read it while deploying and capture the text",
      );
    else if (name in globalThis)
      this.report(fn, name, "has the name of a global, which the function would use instead", "give it another name");
    else
      this.report(
        fn,
        name,
        "stands where Pulumi's serializer does not look, such as behind `extends`",
        "assign it to a `const` inside `callbackFactory` and use that",
      );
  }

  /** Code that belongs to no live function: the serializer has put something else in its place. */
  private replaced({ code, captured, values }: EmittedFunction): void {
    const message = values[captured.indexOf("message")];
    const name = message?.includes("It can only be used at deployment time") && /Function '([^']+)'/.exec(message)?.[1];
    if (name)
      this.found.set(
        code,
        `'${name}' works only while deploying, and a callback uses it; call it outside and capture what it returns.`,
      );
  }

  /** Values that would not arrive as they are, each reported under the first variable that leads to it. */
  public values(): void {
    const prototypes = new Set<unknown>();
    for (const value of this.seen) if (typeof value === "function") prototypes.add(value.prototype);
    let first: string | undefined;
    for (const value of this.seen) {
      const objection = this.secrets.has(value)
        ? SECRET
        : (objectionTo(value, this.seen, prototypes) ?? objectionToPackage(value, this.home));
      if (!objection) continue;
      const holder = this.holderOf(value);
      if (holder) this.report(holder.fn, holder.name, `${holder.path}${objection.what}`, objection.instead);
      else if (!first) first = `A captured value is ${objection.what}; ${objection.instead}.`;
    }
    if (first && this.found.size === 0) this.found.set(first, first);
  }

  /** The captured variable that leads to a value, and the way to it. */
  private holderOf(wanted: unknown): { fn: AnyFunction; name: string; path: string } | undefined {
    for (const { fn, name, value } of this.roots) {
      const ways: [value: unknown, path: string[]][] = [[value, []]];
      const visited = new Set<unknown>();
      for (let way = ways.shift(); way; way = ways.shift()) {
        const [current, path] = way;
        if (current === wanted) return { fn, name, path: path.length > 0 ? `holds \`${path.join(".")}\`, ` : "is " };
        if (visited.has(current) || pulumi.Output.isInstance(current)) continue;
        visited.add(current);
        if (this.seen.has(current)) ways.push(...waysFrom(current as object, path));
      }
    }
    return undefined;
  }

  /** A callback that uses `this`, which nothing gives it. */
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
      ? "hand over an arrow function, such as `() => service.makeCallback()`, or capture what it needs in a `const`"
      : method
        ? `hand over \`(${event}) => ${method}(${event})\``
        : "put what it needs into variables and hand over an arrow function, or call a method, as in `(event) => service.handler(event)`";
    this.found.set(`this${where}`, `${handler}${where} uses \`this\`, which is undefined in the function; ${instead}.`);
  }

  /** A variable that one function assigns and another reads: in the bundle each has its own. */
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
        "is assigned by one captured function and used by another, and each would have its own copy",
        "keep it in a file that imports no @pulumi package, or declare both functions inside `callbackFactory`",
      );
    }
  }

  private report(fn: AnyFunction, name: string, what: string, instead: string): void {
    const position = this.positions.ofName(fn, name);
    const where = position ? ` (${position.file}:${position.line})` : "";
    const sentence = `'${name}'${where} ${what}; ${instead}.`;
    // What is wrong with a variable at one place is said once; the rest follows from it.
    if (!this.found.has(name + where)) this.found.set(name + where, sentence);
  }
}

const SECRET: Objection = {
  what: "a secret, which would be readable in the bundle",
  instead: "make a `secretParameter` of it and call its `read` in the callback",
};

/** Properties of a value and of its classes, as the serializer walks them. */
function waysFrom(value: object, path: string[]): [value: unknown, path: string[]][] {
  const ways: [value: unknown, path: string[]][] = [];
  for (let at: object | null = value; at && !isGlobalPrototype(at); at = Object.getPrototypeOf(at) as object | null) {
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if ("value" in property) ways.push([property.value, [...path, key]]);
    for (const key of Object.getOwnPropertySymbols(at)) ways.push([key, [...path, String(key)]]);
  }
  return ways;
}

const isGlobalPrototype = (value: object): boolean =>
  value === Object.prototype || value === Function.prototype || value === Array.prototype;

/** Functions inside a package are not made to be copied: an object of the package's was captured. */
function objectionToPackage(value: unknown, home: string | undefined): Objection | undefined {
  if (typeof value !== "function") return undefined;
  const folder = packageFolderOf(scriptOf(value as AnyFunction));
  if (folder === undefined || folder === home || isStandInForOutput(value as AnyFunction)) return undefined;
  const name = folder.replace(/.*[\\/]node_modules[\\/]/, "");
  return {
    what: name.startsWith("@pulumi/")
      ? `part of ${name}, which works only while deploying`
      : `part of something the package ${name} made while deploying`,
    instead: "make it inside `callbackFactory`, or in a file that imports no @pulumi package and import it from there",
  };
}

/** At run time an output is an object of this class of the serializer's, whose `get` answers the value. */
const isStandInForOutput = (fn: AnyFunction): boolean => /[\\/]closure[\\/]createClosure\.js$/.test(scriptOf(fn));

const scriptOf = (fn: AnyFunction): string => pathOf(closures().locate(fn)?.url ?? "");
