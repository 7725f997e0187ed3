import { setTimeout as delay } from "node:timers/promises";
import type { Gate } from "./gate";

/** Shortest time between two notices, so that many writes make few reads. */
const restMs = 20;
/** Time after which every stream is read without a notice: it may have ended. */
const waitMs = 4_000;
const timeoutMs = 20_000;
/** Time between two reads of the streams while the emulator gives no notices. */
const pollMs = 200;

/** Reports which tables have new stream records (local/aws/emulator/stream_notices.py). */
export class StreamNotices {
  private readonly counts = new Map<string, number>();
  private forAll = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly endpoint: string,
    private readonly gate: Gate,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.wake());
  }

  /** Number of notices for a table. */
  count(table: string): number {
    return this.forAll + (this.counts.get(table) ?? 0);
  }

  /** Resolves when the table has more notices than that, or after the stop signal. */
  async after(table: string, count: number): Promise<void> {
    while (!this.signal.aborted && this.count(table) <= count) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** Has every stream read. */
  notifyAll(): void {
    this.forAll += 1;
    this.wake();
  }

  /** Receives notices until the stop signal. */
  async run(): Promise<void> {
    let known = 0;
    while (!this.signal.aborted) {
      await this.gate.passed(this.signal);
      try {
        const { count, tables } = await this.next(known);
        known = count;
        for (const table of tables) this.counts.set(table, (this.counts.get(table) ?? 0) + 1);
        if (tables.length > 0) this.wake();
        else this.notifyAll();
        await delay(restMs, undefined, { signal: this.signal });
      } catch {
        if (this.signal.aborted) break;
        this.notifyAll();
        await delay(pollMs, undefined, { signal: this.signal }).catch(() => undefined);
      }
    }
  }

  private async next(after: number): Promise<{ count: number; tables: string[] }> {
    const response = await fetch(`${this.endpoint}/_stayopen/streams?after=${after}&waitMs=${waitMs}`, {
      headers: { "x-stayopen": "streams" },
      signal: AbortSignal.any([this.signal, AbortSignal.timeout(timeoutMs)]),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${this.endpoint} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as { count: number; tables: string[] };
  }

  private wake(): void {
    for (const resolve of [...this.waiting]) {
      this.waiting.delete(resolve);
      resolve();
    }
  }
}
