import { setTimeout as delay } from "node:timers/promises";
import type { Change, EmulatorOutbox, OutboxStatus } from "./emulatorOutbox";
import { type Lag, Transit } from "./transit";

/** Replication lag of one Region's changes in another. */
export interface LinkStatus {
  from: string;
  to: string;
  /** `cut`: by `cut()`. `paused`: either Region is, by `pause()`. `unreachable`: one of them does not answer. */
  state: "open" | "cut" | "paused" | "unreachable";
  /** Changes of `from` that are not in `to` yet; the last known number while `from` does not respond. */
  waiting: number;
  /** Age of the oldest such change, in ms; 0 without any. */
  behindMs: number;
}

export interface LinkEnd {
  region: string;
  outbox: EmulatorOutbox;
}

/** Reason for a paused link, other than an unreachable Region. */
export type Hold = "cut" | "paused" | undefined;

export interface LinkOptions {
  from: LinkEnd;
  to: LinkEnd;
  lag(): Lag;
  hold(): Hold;
  /** True if the sending Region can report its queue. */
  mayAsk(): boolean;
  /** Configures the sending Region's replication again, because it may have restarted. */
  group(signal: AbortSignal): Promise<void>;
  /** Receives the changes that were applied. */
  onArrival(changes: readonly Change[]): void;
  log(line: string): void;
}

/** Number of changes fetched ahead of their arrival. */
const ahead = 2_000;
const batch = 100;

/** One direction between two Regions: fetches the changes of one and applies each in the other after its lag. */
export class Link {
  private readonly stopping = new AbortController();
  /** Interrupts the link's current work, so that it re-evaluates its state. */
  private interruption = new AbortController();
  private transit?: Transit;
  private known?: OutboxStatus;
  private unreachable = false;
  private readonly running: Promise<void>;

  constructor(private readonly options: LinkOptions) {
    this.running = this.run();
  }

  status(): LinkStatus {
    const { from, to, hold } = this.options;
    const { count = 0, had = 0, waiting = 0, oldestAt = null } = this.known ?? {};
    const arrived = this.transit?.arrived ?? had;
    const left = Math.max(waiting === 0 ? 0 : count - arrived, this.transit?.size ?? 0);
    const since = this.transit?.oldestAt ?? oldestAt ?? Date.now();
    return {
      from: from.region,
      to: to.region,
      state: hold() ?? (this.unreachable ? "unreachable" : "open"),
      waiting: left,
      behindMs: left === 0 ? 0 : Math.max(0, Math.round(Date.now() - since)),
    };
  }

  /** Call it when a link was paused or resumed. */
  lookAgain(): void {
    this.interruption.abort();
  }

  /** Resolves with true if all earlier writes arrive within the limit. */
  async settled(limitMs: number): Promise<boolean> {
    const deadline = Date.now() + limitMs;
    let written: number | undefined;
    while (Date.now() < deadline && !this.stopping.signal.aborted) {
      if (written === undefined && this.options.mayAsk()) {
        const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(Math.max(1, deadline - Date.now()))]);
        const asked = this.options.from.outbox.status(this.options.to.region, 0, signal);
        written = await asked.then(
          ({ count }) => count,
          () => undefined,
        );
      }
      if (written !== undefined && this.transit && this.transit.arrived >= written) return true;
      await delay(20);
    }
    return false;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.interruption.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      this.interruption = new AbortController();
      const signal = AbortSignal.any([this.stopping.signal, this.interruption.signal]);
      try {
        if (this.options.hold()) await this.waitWhileHeld(signal);
        else {
          await this.connect(signal);
          this.unreachable = false;
          failures = 0;
          await this.replicate(signal);
        }
      } catch (error) {
        // Changes in transit are fetched again; applying one twice has no effect.
        this.transit = undefined;
        if (signal.aborted) continue;
        failures += 1;
        if (!this.unreachable) this.options.log(`${this.name} failed, retrying: ${causeOf(error)}`);
        this.unreachable = true;
        await delay(Math.min(2_000, 100 * 2 ** failures) * (0.5 + Math.random() / 2), undefined, { signal }).catch(
          () => undefined,
        );
      }
    }
  }

  private get name(): string {
    return `Replication from ${this.options.from.region} to ${this.options.to.region}`;
  }

  private async waitWhileHeld(signal: AbortSignal): Promise<void> {
    this.transit = undefined;
    while (!signal.aborted) {
      if (this.options.mayAsk()) {
        const asked = this.options.from.outbox.status(this.options.to.region, 0, signal);
        this.known = await asked.catch(() => this.known);
      }
      await delay(1_000, undefined, { signal });
    }
  }

  private async connect(signal: AbortSignal): Promise<void> {
    await this.options.group(signal);
    const { from, to } = this.options;
    // Also checks that the receiving Region responds.
    const [known] = await Promise.all([
      from.outbox.status(to.region, 0, signal),
      to.outbox.status(from.region, 0, signal),
    ]);
    this.known = known;
    this.transit = new Transit(known.had);
  }

  /** Fetches and applies concurrently until either fails. */
  private async replicate(signal: AbortSignal): Promise<void> {
    const transit = this.transit;
    if (!transit) return;
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const wake = new Wake();
    const parts = [this.fetch(transit, wake, either), this.deliver(transit, wake, either)];
    const results = await Promise.allSettled(
      parts.map((part) =>
        part.catch((error: unknown) => {
          failed.abort();
          throw error;
        }),
      ),
    );
    const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    throw reasons.find((reason) => !isAbort(reason)) ?? reasons[0];
  }

  private async fetch(transit: Transit, wake: Wake, signal: AbortSignal): Promise<void> {
    const { from, to, lag } = this.options;
    for (;;) {
      signal.throwIfAborted();
      if (transit.size >= ahead) {
        await delay(20, undefined, { signal });
        continue;
      }
      const page = await from.outbox.changes(to.region, transit.next, transit.arrived, signal);
      this.known = page;
      transit.takeUp(page.changes, page.last, lag());
      if (page.changes.length > 0) wake.up();
    }
  }

  private async deliver(transit: Transit, wake: Wake, signal: AbortSignal): Promise<void> {
    const { from, to } = this.options;
    for (;;) {
      signal.throwIfAborted();
      const changes = transit.due(Date.now(), batch);
      if (changes.length === 0) {
        await wake.wait(transit.nextDue, signal);
        continue;
      }
      await to.outbox.apply(changes, signal);
      this.options.onArrival(changes);
      transit.arrive(changes);
      if (transit.size === 0) this.known = await from.outbox.status(to.region, transit.arrived, signal);
    }
  }
}

/** Wakes one part of the link from the other. */
class Wake {
  private controller = new AbortController();

  up(): void {
    this.controller.abort();
  }

  /** Resolves when `up()` is called or the time is over. */
  async wait(until: number | undefined, signal: AbortSignal): Promise<void> {
    const longest = until === undefined ? 60_000 : Math.max(1, until - Date.now());
    await delay(longest, undefined, { signal: AbortSignal.any([signal, this.controller.signal]) }).catch(
      () => undefined,
    );
    if (this.controller.signal.aborted) this.controller = new AbortController();
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
