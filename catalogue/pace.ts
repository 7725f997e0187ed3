import { setTimeout as sleep } from "node:timers/promises";
import { isTransientAwsError } from "../components/runtime/transientError";

/** Retries of requests to the table. */
export interface PaceOptions {
  /** Attempts per request, the first included. Default: 12. */
  attempts?: number;
  /** Longest wait before the second attempt, in milliseconds; doubles with each further one. Default: 100. */
  firstWaitMs?: number;
  /** Longest wait, in milliseconds. Default: 20,000. */
  longestWaitMs?: number;
}

const FIRST_PARALLEL = 25;
/** The SDK's own limit of connections. */
const MOST_PARALLEL = 50;

/**
 * Paces requests to a table: more in parallel while it keeps up, half as many whenever it pushes back. Transient failures
 * are retried with exponential backoff and full jitter.
 */
export class Pace {
  private limit = FIRST_PARALLEL;
  private pushedBack = false;

  constructor(private readonly options: PaceOptions = {}) {}

  /** Number of parallel writers. */
  get parallel(): number {
    return this.limit;
  }

  /** Adapts the number of writers after a batch. */
  endBatch(): void {
    this.limit = this.pushedBack ? Math.max(1, Math.floor(this.limit / 2)) : Math.min(MOST_PARALLEL, this.limit + 5);
    this.pushedBack = false;
  }

  /** Waits before attempt `attempt + 1`, because the table pushed back. */
  async backOff(attempt: number): Promise<void> {
    this.pushedBack = true;
    const { firstWaitMs = 100, longestWaitMs = 20_000 } = this.options;
    await sleep(Math.random() * Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)));
  }

  /** Returns true if another attempt is allowed after this one failed. */
  mayRepeat(attempt: number): boolean {
    return attempt < (this.options.attempts ?? 12);
  }

  /**
   * Sends an idempotent request.
   *
   * @param request receives the number of the attempt, from 1 on.
   */
  async send<T>(request: (attempt: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request(attempt);
      } catch (error) {
        if (!isTransientAwsError(error) || !this.mayRepeat(attempt)) throw error;
        await this.backOff(attempt);
      }
    }
  }
}
