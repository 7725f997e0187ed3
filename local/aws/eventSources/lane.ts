import { setTimeout as delay } from "node:timers/promises";
import {
  backoffMs,
  batchLength,
  type InvocationAnswer,
  nextStep,
  type QueuedRecord,
  type Unit,
  verdictOn,
} from "./batch";
import type { StreamMapping } from "./mapping";

/** Reason for giving up a batch, as in the on-failure message. */
type GiveUpCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/** A batch that was given up. */
export interface GivenUp {
  records: QueuedRecord[];
  condition: GiveUpCondition;
  /** Invocations with these records. */
  invocations: number;
  /** `Unhandled` if the function threw; absent if it reported the failure. */
  functionError?: string;
}

/** Dependencies of a lane. */
export interface LaneTasks {
  /** Invokes the function. Rejects if it could not be invoked (throttled, no response), which does not count as an attempt. */
  invoke(payload: string): Promise<InvocationAnswer>;
  /** Notifies the on-failure destination. */
  giveUp(givenUp: GivenUp): Promise<void>;
  /** Receives the records that need no further attempt, in order. */
  done(records: readonly QueuedRecord[]): void;
  log(line: string): void;
}

export interface Backoff {
  baseMs: number;
  limitMs: number;
}

/** DynamoDB streams drop records after a day; retries end then too. */
const retentionSeconds = 24 * 60 * 60;

/**
 * One of a shard's concurrent lanes: processes its records in order, one batch at a time, until each is done or given up.
 */
export class Lane {
  private queue: QueuedRecord[] = [];
  private wake?: () => void;
  private readonly running: Promise<void>;

  constructor(
    private readonly mapping: StreamMapping,
    private readonly tasks: LaneTasks,
    private readonly backoff: Backoff,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.wake?.(), { once: true });
    this.running = this.run();
  }

  /** Records waiting for their batch. */
  get waiting(): number {
    return this.queue.length;
  }

  add(record: QueuedRecord): void {
    this.queue.push(record);
    this.wake?.();
  }

  /** Resolves after the stop signal, once the current invocation has ended. */
  async stopped(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.signal.aborted) {
      await this.untilBatch();
      if (this.signal.aborted) return;
      const records = this.queue.splice(0, batchLength(this.queue, this.mapping.batchSize));
      await this.finish(records);
    }
  }

  /** Waits for a full batch, or for the batching window to end with at least one record. */
  private async untilBatch(): Promise<void> {
    while (this.queue.length === 0 && !this.signal.aborted) await this.wakened();
    const end = Date.now() + this.mapping.batchingWindowMs;
    while (!this.signal.aborted && this.queue.length < this.mapping.batchSize) {
      const left = end - Date.now();
      if (left <= 0) return;
      await this.wakened(left);
    }
  }

  private async wakened(limitMs?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = limitMs === undefined ? undefined : setTimeout(resolve, limitMs);
    this.wake = resolve;
    await promise;
    this.wake = undefined;
    clearTimeout(timer);
  }

  /** Processes a batch and the parts it is split into until none is left. */
  private async finish(batch: QueuedRecord[]): Promise<void> {
    let units: Unit[] = [{ records: batch, failedTries: 0 }];
    let failures = 0;
    let functionError: string | undefined;
    while (units.length > 0 && !this.signal.aborted) {
      const [unit, ...later] = units as [Unit, ...Unit[]];
      const expired = unit.records.filter((record) => this.isExpired(record));
      if (expired.length > 0) {
        await this.giveUp({
          records: expired,
          condition: "RecordAgeExceeded",
          invocations: unit.failedTries,
          functionError,
        });
        const rest = unit.records.filter((record) => !expired.includes(record));
        units = rest.length > 0 ? [{ ...unit, records: rest }, ...later] : later;
        continue;
      }
      const answer = await this.invoke(unit.records);
      if (answer === undefined) {
        failures += 1;
        await this.pause(failures);
        continue;
      }
      const verdict = verdictOn(answer, unit.records, this.mapping.reportsItemFailures);
      if (verdict.kind === "success") {
        this.tasks.done(unit.records);
        units = later;
        failures = 0;
        continue;
      }
      functionError = verdict.functionError;
      const step = nextStep(unit, verdict, this.mapping);
      if (step.kind === "give-up") {
        const invocations = unit.failedTries + 1;
        await this.giveUp({ records: unit.records, condition: "RetryAttemptsExhausted", invocations, functionError });
        units = later;
        failures = 0;
        continue;
      }
      this.tasks.done(unit.records.slice(0, verdict.index));
      units = [...step.units, ...later];
      failures = verdict.index > 0 ? 1 : failures + 1;
      await this.pause(failures);
    }
  }

  private async invoke(records: readonly QueuedRecord[]): Promise<InvocationAnswer | undefined> {
    try {
      return await this.tasks.invoke(`{"Records":[${records.map((record) => record.json).join(",")}]}`);
    } catch (error) {
      if (!this.signal.aborted) this.tasks.log(`${this.mapping.name}: invocation failed, retrying: ${String(error)}`);
      return undefined;
    }
  }

  private async giveUp(givenUp: GivenUp): Promise<void> {
    await this.tasks.giveUp(givenUp);
    this.tasks.done(givenUp.records);
  }

  private isExpired(record: QueuedRecord): boolean {
    const limit = this.mapping.maximumRecordAgeSeconds;
    return Date.now() - record.createdAt > (limit === -1 ? retentionSeconds : limit) * 1000;
  }

  private async pause(failures: number): Promise<void> {
    await delay(backoffMs(failures - 1, this.backoff), undefined, { signal: this.signal }).catch(() => undefined);
  }
}
