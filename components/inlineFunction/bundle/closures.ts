import * as inspector from "node:inspector";

/** Any function, as the serializer meets them; it is never called through this type. */
export type AnyFunction = (...args: never[]) => unknown;

/** Where V8 has a function: zero-based line and column in the script as it was loaded (compiled, when a loader compiled it). */
export interface Location {
  scriptId: string;
  /** The script's URL, `file:` or a plain path. */
  url: string;
  line: number;
  column: number;
}

/** What a name means inside a function: the live value, or that no enclosing scope but the global one has it. */
export type Lookup = (name: string) => { found: true; value: unknown } | { found: false };

/**
 * Looks into live closures through the public `node:inspector` API: position, script and the values of enclosing scopes.
 * All calls are synchronous and stay in this process; nothing is listened on.
 */
export class Closures {
  private readonly session = new inspector.Session();
  private readonly scripts = new Map<string, inspector.Debugger.ScriptParsedEventDataType>();
  private readonly sources = new Map<string, string>();
  private locations = new WeakMap<AnyFunction, Location>();
  private lookups = new WeakMap<AnyFunction, Lookup>();

  public constructor() {
    this.session.connect();
    // Enabling the debugger replays the scripts that are loaded already.
    this.session.on("Debugger.scriptParsed", ({ params }) => this.scripts.set(params.scriptId, params));
    this.session.post("Debugger.enable");
  }

  /** Position of a function, or undefined for native code. */
  public locate(fn: AnyFunction): Location | undefined {
    const known = this.locations.get(fn);
    if (known) return known;
    const found = this.locationOf(fn);
    if (found) this.locations.set(fn, found);
    return found;
  }

  private locationOf(fn: AnyFunction): Location | undefined {
    const location = this.internals(fn).find((p) => p.name === "[[FunctionLocation]]")?.value?.value as
      | { scriptId: string; lineNumber: number; columnNumber?: number }
      | undefined;
    return (
      location && {
        scriptId: location.scriptId,
        url: this.url(location.scriptId),
        line: location.lineNumber,
        column: location.columnNumber ?? 0,
      }
    );
  }

  /** Text of a script, as V8 has it. */
  public source(scriptId: string): string {
    let source = this.sources.get(scriptId);
    if (source === undefined) {
      source = this.post<{ scriptSource: string }>((done) =>
        this.session.post("Debugger.getScriptSource", { scriptId }, done),
      ).scriptSource;
      this.sources.set(scriptId, source);
    }
    return source;
  }

  /** URL of a script, `file:` or a plain path. */
  public url(scriptId: string): string {
    return this.scripts.get(scriptId)?.url ?? "";
  }

  /** The `sourceMappingURL` of a script, where it has one. */
  public sourceMapUrl(scriptId: string): string | undefined {
    return this.scripts.get(scriptId)?.sourceMapURL || undefined;
  }

  /** A reader of the function's enclosing scopes, innermost first, without the global one. */
  public lookup(fn: AnyFunction): Lookup {
    const known = this.lookups.get(fn);
    if (known) return known;
    const scopes = this.scopes(fn);
    const lookup: Lookup = (name) => {
      for (const scope of scopes) if (name in scope) return { found: true, value: scope[name] };
      return { found: false };
    };
    this.lookups.set(fn, lookup);
    return lookup;
  }

  /** Has scopes read anew: what they hold may have changed since. */
  public refresh(): void {
    this.lookups = new WeakMap();
  }

  private scopes(fn: AnyFunction): Record<string, unknown>[] {
    const list = this.internals(fn).find((p) => p.name === "[[Scopes]]")?.value?.objectId;
    if (list === undefined) return [];
    const { result } = this.post<inspector.Runtime.GetPropertiesReturnType>((done) =>
      this.session.post("Runtime.getProperties", { objectId: list, ownProperties: true }, done),
    );
    const scopes: Record<string, unknown>[] = [];
    for (const { name, value } of result) {
      if (!/^\d+$/.test(name) || value?.objectId === undefined || value.description === "Global") continue;
      const scope = this.valueOf(value.objectId) as { object?: Record<string, unknown> };
      if (scope.object) scopes.push(scope.object);
    }
    return scopes;
  }

  /** The live value behind a remote object: the inspector runs in this very process, so it can be put within reach. */
  private valueOf(objectId: string): unknown {
    const shelf = globalThis as unknown as Record<symbol, unknown>;
    this.post<inspector.Runtime.CallFunctionOnReturnType>((done) =>
      this.session.post(
        "Runtime.callFunctionOn",
        { objectId, functionDeclaration: `function () { globalThis[Symbol.for("${SHELF.description}")] = this; }` },
        done,
      ),
    );
    const value = shelf[SHELF];
    delete shelf[SHELF];
    return value;
  }

  private internals(fn: AnyFunction): inspector.Runtime.InternalPropertyDescriptor[] {
    const shelf = globalThis as unknown as Record<symbol, unknown>;
    shelf[SHELF] = fn;
    try {
      const { result } = this.post<inspector.Runtime.EvaluateReturnType>((done) =>
        this.session.post("Runtime.evaluate", { expression: `globalThis[Symbol.for("${SHELF.description}")]` }, done),
      );
      const objectId = result.objectId;
      if (objectId === undefined) throw new Error("Node's inspector gave no handle for a function.");
      const properties = this.post<inspector.Runtime.GetPropertiesReturnType>((done) =>
        this.session.post("Runtime.getProperties", { objectId, ownProperties: false }, done),
      );
      return properties.internalProperties ?? [];
    } finally {
      delete shelf[SHELF];
    }
  }

  /** A session in its own thread answers before `post` returns. */
  private post<T>(call: (done: (error: Error | null, result: T) => void) => void): T {
    let answer: { error: Error | null; result: T } | undefined;
    call((error, result) => {
      answer = { error, result };
    });
    if (answer === undefined) throw new Error("Node's inspector did not answer at once, as it does in its own thread.");
    if (answer.error) throw answer.error;
    return answer.result;
  }
}

const SHELF = Symbol.for("stayopen.inlineFunction.shelf");

let shared: Closures | undefined;

/** One inspector session serves the process: each new one would have every loaded script reported again. */
export function closures(): Closures {
  shared ??= new Closures();
  return shared;
}
