import { AsyncLocalStorage } from "node:async_hooks";
import { outgoing } from "../../../components/runtime/outgoing";

/** Function call that is being simulated: whose clock, environment and fate the code has that runs in it. */
export interface Activation {
  readonly region: string;
  readonly functionName: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Lead of the Region's clock, in milliseconds. */
  readonly skewMs: number;
  /** The process has ended: nothing that it awaits comes back. */
  dead: boolean;
}

/** Timer that code of a schedule may set. */
export interface TimerHost {
  /** Virtual time in milliseconds since 1970. */
  now(): number;
  setTimer(activation: Activation | undefined, delayMs: number, run: () => void): { cancel(): void };
  random(): number;
}

const activations = new AsyncLocalStorage<Activation>();

export const currentActivation = (): Activation | undefined => activations.getStore();
export const runInActivation = <Result>(activation: Activation, run: () => Result): Result =>
  activations.run(activation, run);

let host: TimerHost | undefined;

const RealDate = Date;
const realSetImmediate = setImmediate;
const real = {
  setTimeout,
  clearTimeout,
  random: Math.random,
  abortTimeout: AbortSignal.timeout,
  fetch,
  outgoingFetch: outgoing.fetch,
};
const realEnvironment = process.env;

const virtualNow = () => (host ? host.now() + (currentActivation()?.skewMs ?? 0) : RealDate.now());

class VirtualDate extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(virtualNow());
    // The overloads of `Date` are what the callers' own types have checked.
    else super(...(given as [number]));
  }
  static override now = virtualNow;
}

/** Logs and metrics would cost most of a schedule's time; the trace says what happened. */
const SILENT: Readonly<Record<string, string>> = {
  POWERTOOLS_LOG_LEVEL: "SILENT",
  // Otherwise each logger makes a console of its own, which costs as much as ten calls.
  POWERTOOLS_DEV: "true",
  POWERTOOLS_METRICS_DISABLED: "true",
};

/** Environment of the function whose code runs; the process's own outside of one. */
const environment = new Proxy(realEnvironment, {
  get: (target, name: string) => {
    const activation = currentActivation();
    if (!activation) return target[name];
    return name === "AWS_REGION" ? activation.region : (activation.environment[name] ?? SILENT[name]);
  },
});

/** A signal that names its limit: the stand-ins keep the time themselves, on the virtual clock. */
export interface LimitSignal {
  limitMs: number;
  addEventListener(type: "abort", listener: () => void): void;
}

/**
 * Replaces clock, timers, chance, environment and `fetch` of this process while `run` runs, so that the product's own code runs
 * unchanged under virtual time. One schedule at a time.
 */
export async function underVirtualTime<Result>(
  timers: TimerHost,
  fetchStandIn: typeof fetch,
  run: () => Promise<Result>,
): Promise<Result> {
  if (host) throw new Error("Another schedule runs in this process. Run one at a time.");
  host = timers;
  globalThis.Date = VirtualDate as DateConstructor;
  globalThis.setTimeout = ((callback: (...given: unknown[]) => void, delayMs = 0, ...given: unknown[]) => {
    const activation = currentActivation();
    return timers.setTimer(activation, delayMs, () =>
      activation ? activations.run(activation, callback, ...given) : callback(...given),
    );
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer: { cancel?(): void } | undefined) => timer?.cancel?.()) as typeof clearTimeout;
  Math.random = () => timers.random();
  AbortSignal.timeout = (limitMs) => {
    const activation = currentActivation();
    const addEventListener = (_type: "abort", listener: () => void) =>
      void timers.setTimer(activation, limitMs, () =>
        activation ? activations.run(activation, listener) : listener(),
      );
    return { limitMs, addEventListener } satisfies LimitSignal as unknown as AbortSignal;
  };
  globalThis.fetch = fetchStandIn;
  outgoing.fetch = fetchStandIn as unknown as typeof outgoing.fetch;
  process.env = environment;
  const loud = Object.fromEntries(Object.keys(SILENT).map((name) => [name, realEnvironment[name]]));
  Object.assign(realEnvironment, SILENT);
  // Most errors of a schedule are answers of a service; their stack traces would cost a tenth of its time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    process.env = realEnvironment;
    for (const [name, value] of Object.entries(loud)) {
      if (value === undefined) delete realEnvironment[name];
      else realEnvironment[name] = value;
    }
    globalThis.fetch = real.fetch;
    outgoing.fetch = real.outgoingFetch;
    AbortSignal.timeout = real.abortTimeout;
    Math.random = real.random;
    globalThis.clearTimeout = real.clearTimeout;
    globalThis.setTimeout = real.setTimeout;
    globalThis.Date = RealDate;
    host = undefined;
  }
}

/** Resolves when no more code can run without an event: all promises that follow from the last one have settled. */
export const settled = (): Promise<void> => new Promise((resolve) => realSetImmediate(resolve));
