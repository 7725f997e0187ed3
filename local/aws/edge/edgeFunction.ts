import { createHash, createHmac } from "node:crypto";
import { type Context, createContext, Script } from "node:vm";

/** A CloudFront function's view of a header, cookie or query string. */
export interface FunctionValue {
  value: string;
  multiValue?: { value: string }[];
}

interface FunctionRequest {
  method: string;
  uri: string;
  querystring: Record<string, FunctionValue>;
  headers: Record<string, FunctionValue>;
  cookies: Record<string, FunctionValue>;
}

export interface FunctionResponse {
  statusCode: number;
  statusDescription?: string;
  headers?: Record<string, FunctionValue>;
  cookies?: Record<string, FunctionValue & { attributes?: string }>;
  body?: string | { encoding: "text" | "base64"; data: string };
}

export interface FunctionEvent {
  version: "1.0";
  context: { distributionDomainName: string; distributionId: string; eventType: string; requestId: string };
  viewer: { ip: string };
  request: FunctionRequest;
  response?: FunctionResponse;
}

/** CloudFront's limit on a function's code. */
const codeLimitBytes = 10 * 1024;
/** Far above CloudFront's limit (about 1 ms), because it counts the time in which this process waits for a processor; ends an endless loop. */
const runLimitMs = 2_000;

/** Failure of a function at the edge; CloudFront answers 503. */
export class EdgeFunctionError extends Error {
  override readonly name = "EdgeFunctionError";
}

/**
 * A CloudFront function of runtime 2.0, in its own context without network, timers and `eval`.
 *
 * The context offers no more than AWS does. It is no sandbox: the function's code is the program's own.
 */
export class EdgeFunction {
  private readonly script: Script;
  private context: Context | undefined;

  /** @throws Error that names the function, if CloudFront would refuse it or it needs a part that is not emulated. */
  constructor(
    readonly name: string,
    code: string,
    runtime: unknown,
    private readonly log: (line: string) => void,
  ) {
    if (runtime !== "cloudfront-js-2.0")
      throw new Error(`CloudFront function "${name}": only cloudfront-js-2.0 is emulated.`);
    if (Buffer.byteLength(code) > codeLimitBytes)
      throw new Error(`CloudFront function "${name}" is larger than 10 KB, CloudFront's limit.`);
    if (/^\s*import\b/m.test(code)) {
      throw new Error(`CloudFront function "${name}": key-value stores and other imports are not emulated.`);
    }
    // A scope of its own for each run, so that no variable keeps an earlier run's value.
    this.script = new Script(
      `(async ({ event, done, failed }) => { try { done(JSON.stringify(await (async () => {\n${code}\n
        return handler(JSON.parse(event)); })())); } catch (error) { failed(String(error && error.stack || error)); } })(__call);`,
      { filename: `${name}.js`, lineOffset: -1 },
    );
  }

  /**
   * Runs the handler on an event.
   *
   * @throws EdgeFunctionError if the handler throws, loops or returns nothing.
   */
  run(event: FunctionEvent): unknown {
    let result: string | undefined;
    let failure: string | undefined;
    // A new context takes four fifths of a run.
    this.context ??= this.newContext();
    const { context } = this;
    context["__call"] = {
      event: JSON.stringify(event),
      done: (text: string | undefined) => {
        result = text;
      },
      failed: (text: string) => {
        failure = text;
      },
    };
    try {
      this.script.runInContext(context, { timeout: runLimitMs });
    } catch (error) {
      failure = String(error);
    }
    if (result === undefined || Object.keys(context).length > GLOBALS) this.context = undefined;
    if (failure !== undefined) throw new EdgeFunctionError(`${this.name} failed: ${failure}`);
    if (result === undefined)
      throw new EdgeFunctionError(`${this.name} returned nothing, or its promise did not settle.`);
    return JSON.parse(result) as unknown;
  }

  private newContext(): Context {
    return createContext(
      {
        __call: undefined,
        console: { log: (...words: unknown[]) => this.log(`${this.name}: ${words.map(String).join(" ")}`) },
        Buffer,
        atob,
        btoa,
        require: builtIn,
      },
      { codeGeneration: { strings: false, wasm: false }, microtaskMode: "afterEvaluate" },
    );
  }
}

/** Global names that this class defines; with more, a function has left one of its own. */
const GLOBALS = 6;

/** The modules of runtime 2.0. */
function builtIn(name: string): unknown {
  if (name === "crypto") return { createHash, createHmac };
  if (name === "buffer") return { Buffer };
  throw new Error(`CloudFront's runtime has no module "${name}".`);
}
