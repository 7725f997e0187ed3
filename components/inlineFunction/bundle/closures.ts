import * as inspector from "node:inspector";

/** Any function. It is never called through this type. */
export type AnyFunction = (...args: never[]) => unknown;

/** Position of a function in V8: zero-based line and column in the loaded, possibly compiled, script. */
export interface Location {
  scriptId: string;
  /** The script's URL, `file:` or a plain path. */
  url: string;
  line: number;
  column: number;
}

/** Looks up a name inside a function: its live value, or that only the global scope may have it. */
export type Lookup = (name: string) => { found: true; value: unknown } | { found: false };

/**
 * Reads live closures through the public `node:inspector` API: position, script and the values of enclosing scopes. All calls are
 * synchronous and stay in this process; no port is opened.
 */
export class Closures {
  private readonly session = new inspector.Session();
  private readonly scripts = new Map<string, inspector.Debugger.ScriptParsedEventDataType>();
  private readonly sources = new Map<string, string>();
  private readonly locations = new WeakMap<AnyFunction, Location>();
  private scopeLists = new WeakMap<AnyFunction, string>();
  private lookups = new WeakMap<AnyFunction, Lookup>();
  private readonly shelf: Shelf;

  public constructor() {
    this.session.connect();
    // Enabling the debugger reports the scripts that are already loaded.
    this.session.on("Debugger.scriptParsed", ({ params }) => this.scripts.set(params.scriptId, params));
    this.session.post("Debugger.enable");
    this.shelf = this.makeShelf();
  }

  /** Position of a function; undefined for native code. */
  public locate(fn: AnyFunction): Location | undefined {
    if (!this.locations.has(fn)) this.examine(fn);
    return this.locations.get(fn);
  }

  /** Stores a function's position and the handle of its scopes. */
  private examine(fn: AnyFunction): void {
    const { objectId } = this.handleOf(fn);
    if (objectId === undefined) throw new Error("Node's inspector gave no handle for a function.");
    for (const { name, value } of this.propertiesOf(objectId, false).internalProperties ?? []) {
      if (name === "[[Scopes]]" && value?.objectId !== undefined) this.scopeLists.set(fn, value.objectId);
      if (name !== "[[FunctionLocation]]") continue;
      const at = value?.value as { scriptId: string; lineNumber: number; columnNumber?: number } | undefined;
      if (at)
        this.locations.set(fn, {
          scriptId: at.scriptId,
          url: this.url(at.scriptId),
          line: at.lineNumber,
          column: at.columnNumber ?? 0,
        });
    }
  }

  /** Text of a script, as loaded. */
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

  /** Is the function written in an ES module? */
  public isInModule(fn: AnyFunction): boolean {
    const location = this.locate(fn);
    return location !== undefined && this.scripts.get(location.scriptId)?.isModule === true;
  }

  /** The `sourceMappingURL` of a script, if it has one. */
  public sourceMapUrl(scriptId: string): string | undefined {
    return this.scripts.get(scriptId)?.sourceMapURL || undefined;
  }

  /** Look-up in the function's enclosing scopes, innermost first, without the global one. */
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

  /** Discards scopes that were read, because their values may have changed. */
  public refresh(): void {
    this.scopeLists = new WeakMap();
    this.lookups = new WeakMap();
  }

  private scopes(fn: AnyFunction): Record<string, unknown>[] {
    if (!this.scopeLists.has(fn)) this.examine(fn);
    const list = this.scopeLists.get(fn);
    if (list === undefined) return [];
    const handles = this.propertiesOf(list, true).result.flatMap(({ name, value }) =>
      /^\d+$/.test(name) && value?.objectId !== undefined && value.description !== "Global" ? [value.objectId] : [],
    );
    return this.valuesOf(handles)
      .map((scope) => (scope as { object?: Record<string, unknown> }).object)
      .filter((scope) => scope !== undefined);
  }

  /** Live values of handles: the inspector runs in this process, so that it can assign them to an object here. */
  private valuesOf(handles: string[]): unknown[] {
    if (handles.length === 0) return [];
    this.post<inspector.Runtime.CallFunctionOnReturnType>((done) =>
      this.session.post(
        "Runtime.callFunctionOn",
        {
          objectId: this.shelf.id,
          functionDeclaration: "function (...values) { this.taken = values; }",
          arguments: handles.map((objectId) => ({ objectId })),
        },
        done,
      ),
    );
    const values = this.shelf.value.taken ?? [];
    this.shelf.value.taken = undefined;
    return values;
  }

  private handleOf(fn: AnyFunction): inspector.Runtime.RemoteObject {
    this.shelf.value.put = fn;
    const put = this.propertiesOf(this.shelf.id, true).result.find(({ name }) => name === "put");
    this.shelf.value.put = undefined;
    return put?.value ?? { type: "undefined" };
  }

  private propertiesOf(objectId: string, ownProperties: boolean): inspector.Runtime.GetPropertiesReturnType {
    return this.post<inspector.Runtime.GetPropertiesReturnType>((done) =>
      this.session.post("Runtime.getProperties", { objectId, ownProperties }, done),
    );
  }

  /** Creates an object that this code and the inspector share. Evaluating an expression each time would add scripts. */
  private makeShelf(): Shelf {
    const reachable = globalThis as unknown as Record<symbol, unknown>;
    const value: Shelf["value"] = { put: undefined, taken: undefined };
    reachable[SHELF] = value;
    try {
      const { result } = this.post<inspector.Runtime.EvaluateReturnType>((done) =>
        this.session.post("Runtime.evaluate", { expression: `globalThis[Symbol.for("${SHELF.description}")]` }, done),
      );
      if (result.objectId === undefined) throw new Error("Node's inspector gave no handle for an object.");
      return { id: result.objectId, value };
    } finally {
      delete reachable[SHELF];
    }
  }

  /** Calls the inspector, whose session in the same thread responds before `post` returns. */
  private post<T>(call: (done: (error: Error | null, result: T) => void) => void): T {
    let answer: { error: Error | null; result: T } | undefined;
    call((error, result) => {
      answer = { error, result };
    });
    if (answer === undefined) throw new Error("Node's inspector did not respond synchronously.");
    if (answer.error) throw answer.error;
    return answer.result;
  }
}

/** The shared object: `put` passes a function to the inspector, `taken` receives values. */
interface Shelf {
  id: string;
  value: { put: AnyFunction | undefined; taken: unknown[] | undefined };
}

const SHELF = Symbol.for("stayopen.inlineFunction.shelf");

let shared: Closures | undefined;

/** The inspector session of this process. Each new session would report every loaded script again. */
export function closures(): Closures {
  shared ??= new Closures();
  return shared;
}
