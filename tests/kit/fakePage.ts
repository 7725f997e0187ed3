import { resolve, sep } from "node:path";
import sinon from "sinon";

/** Step of a page at which it may die. */
export type Step = "read" | "write" | "remove" | "request" | "answer";

/** Thrown at a page's code when the page dies; nothing of the page runs afterwards. */
class PageDied extends Error {
  override readonly name = "PageDied";
}

/** Answer to a request; `undefined` breaks the connection. */
export type Answers = (path: string, init: RequestInit) => Response | undefined | Promise<Response | undefined>;

const PAGE_FILES = resolve(__dirname, "..", "..", "web", "src") + sep;

/**
 * A page of the storefront without a browser: its storages and its network. Storages outlive a reload; modules do not. `sinon.restore()` ends it.
 */
export class FakePage {
  readonly session: Record<string, string> = {};
  readonly local: Record<string, string> = {};
  readonly requests: { path: string; init: RequestInit }[] = [];
  readonly steps: Step[] = [];
  private listeners: ((event: object) => void)[] = [];
  private diesAt?: { step: number; isDone: boolean };

  /** @param answers the store; without one every request breaks. */
  constructor(private readonly answers: Answers = () => undefined) {
    const define = (name: string, value: unknown) => sinon.define(globalThis, name as never, value as never);
    define("sessionStorage", this.storageOf(this.session));
    define("localStorage", this.storageOf(this.local));
    define("addEventListener", (_: string, listener: (event: object) => void) => this.listeners.push(listener));
    sinon.replace(globalThis, "fetch", (path, init = {}) => this.request(String(path), init));
  }

  /** Loads a module of the page, as after a reload: no module remembers anything. */
  open<Module>(file: string): Module {
    this.diesAt = undefined;
    this.listeners = [];
    for (const name of Object.keys(require.cache)) if (name.startsWith(PAGE_FILES)) delete require.cache[name];
    const module = require(PAGE_FILES + file);
    this.steps.length = 0;
    return module;
  }

  /** Changes the storage that tabs share, as another tab does. */
  changeInOtherTab(key: string, value: string | undefined): void {
    if (value === undefined) delete this.local[key];
    else this.local[key] = value;
    for (const listener of this.listeners) listener({ type: "storage", key });
  }

  /** Lets the page die at a step, counted from 0: before its effect, or after it (`isDone`). */
  dieAt(step: number, isDone: boolean): void {
    this.diesAt = { step, isDone };
  }

  private storageOf(values: Record<string, string>): object {
    const operations = {
      getItem: (key: string) => this.take("read", () => values[key] ?? null),
      setItem: (key: string, value: string) => this.take("write", () => Object.assign(values, { [key]: value })),
      removeItem: (key: string) => this.take("remove", () => Reflect.deleteProperty(values, key)),
    };
    // `Object.keys(sessionStorage)` lists the entries.
    return new Proxy(values, { get: (_, name) => Reflect.get(operations, name) });
  }

  private async request(path: string, init: RequestInit): Promise<Response> {
    const answer = this.take("request", () => {
      this.requests.push({ path, init });
      return this.answers(path, init);
    });
    const response = await answer;
    return this.take("answer", () => {
      if (!response) throw new TypeError("Failed to fetch");
      return response;
    });
  }

  private take<Result>(step: Step, effect: () => Result): Result {
    const number = this.steps.push(step) - 1;
    const { step: last = Number.POSITIVE_INFINITY, isDone } = this.diesAt ?? {};
    if (number > last || (number === last && !isDone)) throw new PageDied();
    const result = effect();
    if (number === last) throw new PageDied();
    return result;
  }
}
