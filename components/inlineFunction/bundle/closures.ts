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
  private readonly locations = new WeakMap<AnyFunction, Location>();
  private scopeLists = new WeakMap<AnyFunction, string>();
  private lookups = new WeakMap<AnyFunction, Lookup>();
  private readonly shelf: Shelf;

  public constructor() {
    this.session.connect();
    // Enabling the debugger replays the scripts that are loaded already.
    this.session.on("Debugger.scriptParsed", ({ params }) => this.scripts.set(params.scriptId, params));
    this.session.post("Debugger.enable");
    this.shelf = this.makeShelf();
  }

  /** Position of a function, or undefined for native code. */
  public locate(fn: AnyFunction): Location | undefined {
    if (!this.locations.has(fn)) this.examine(fn);
    return this.locations.get(fn);
  }

  /** Notes what V8 knows about a function beyond the language: where it stands, and a handle to its scopes. */
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

  /** The live values behind handles: the inspector runs in this very process, so they can be put within reach. */
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

  /** An object that this code and the inspector both have: each evaluated expression would be one more script to report. */
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

/** What is handed over, in either direction. */
interface Shelf {
  id: string;
  value: { put: AnyFunction | undefined; taken: unknown[] | undefined };
}

const SHELF = Symbol.for("stayopen.inlineFunction.shelf");

let shared: Closures | undefined;

/** One inspector session serves the process: each new one would have every loaded script reported again. */
export function closures(): Closures {
  shared ??= new Closures();
  return shared;
}
