import { setTimeout as sleep } from "node:timers/promises";
import { isTransientAwsError } from "../components/runtime/transientError";

/** How requests to the table are repeated. */
export interface PaceOptions {
  /** Attempts of one request, the first one included. Default: 12. */
  attempts?: number;
  /** Longest wait before the second attempt; it doubles with each one after. Default: 100. */
  firstWaitMs?: number;
  /** Longest wait of all. Default: 20,000. */
  longestWaitMs?: number;
}

const FIRST_PARALLEL = 25;
/** The SDK opens this many connections. */
const MOST_PARALLEL = 50;

/**
 * Paces requests to a table: more of them in parallel while the table keeps up, half as many each time that it pushes
 * back. A request that fails for a transient reason is repeated with exponential backoff and full jitter.
 */
export class Pace {
  private limit = FIRST_PARALLEL;
  private pushedBack = false;

  constructor(private readonly options: PaceOptions = {}) {}

  /** Writers that may work in parallel. */
  get parallel(): number {
    return this.limit;
  }

  /** Adapts to the batch that has just ended. */
  endBatch(): void {
    this.limit = this.pushedBack ? Math.max(1, Math.floor(this.limit / 2)) : Math.min(MOST_PARALLEL, this.limit + 5);
    this.pushedBack = false;
  }

  /** Waits before attempt `attempt + 1`, because the table has pushed back. */
  async backOff(attempt: number): Promise<void> {
    this.pushedBack = true;
    const { firstWaitMs = 100, longestWaitMs = 20_000 } = this.options;
    await sleep(Math.random() * Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)));
  }

  /** Whether a request that has failed so often is worth another attempt. */
  mayRepeat(attempt: number): boolean {
    return attempt < (this.options.attempts ?? 12);
  }

  /**
   * Sends a request that may be repeated.
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
