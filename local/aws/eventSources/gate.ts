/** Pauses work that waits at it, together with the clock of its time-outs. */
export class Gate {
  private shutAt?: number;
  private stoodStillMs = 0;
  private opened = Promise.resolve();
  private letThrough: () => void = () => undefined;

  shut(): void {
    if (this.shutAt !== undefined) return;
    this.shutAt = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.opened = promise;
    this.letThrough = resolve;
  }

  open(): void {
    if (this.shutAt === undefined) return;
    this.stoodStillMs += performance.now() - this.shutAt;
    this.shutAt = undefined;
    this.letThrough();
  }

  /** Resolves when the gate is open or the signal aborts. */
  async passed(signal: AbortSignal): Promise<void> {
    if (this.shutAt === undefined || signal.aborted) return;
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    const stop = () => resolve();
    signal.addEventListener("abort", stop, { once: true });
    await Promise.race([this.opened, stopped]);
    signal.removeEventListener("abort", stop);
  }

  /** Milliseconds on a clock that stops while the gate is shut. */
  now(): number {
    return (this.shutAt ?? performance.now()) - this.stoodStillMs;
  }
}

/** Interval at which a time limit is checked. */
const lookEveryMs = 500;

/** Runs an operation and aborts it after a time limit on the gate's clock. */
export async function withinLimit<T>(
  gate: Gate,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const end = gate.now() + limitMs;
  const timer = setInterval(() => {
    if (gate.now() >= end) limit.abort(new Error(`no response within ${limitMs} ms`));
  }, lookEveryMs).unref();
  try {
    return await work(limit.signal);
  } finally {
    clearInterval(timer);
  }
}
