import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Shopper } from "./shopper";

/** An order that the store has acknowledged. */
export interface Acknowledged {
  orderId: string;
  /** Times of the first request and of the confirmation, in milliseconds since the epoch. */
  askedAt: number;
  acknowledgedAt: number;
  /** Retries the request, as a customer does whose order is missing. */
  repeat(): Promise<void>;
}

/**
 * Milliseconds that a browser waits for a response before it retries under the same key. Each attempt of an order waits twice as long as the
 * one before, up to the maximum: repetitions that all come too early keep a slow machine busy with abandoned requests.
 */
const attemptLimitMs = { first: 5_000, max: 60_000 };

/**
 * Customers who order continuously at the store's address. They retry an unanswered request under the same key.
 */
export class Customers {
  readonly acknowledged: Acknowledged[] = [];
  private readonly stopping = new AbortController();
  private readonly working: Promise<unknown>[] = [];

  constructor(private readonly shoppers: readonly Shopper[]) {}

  start(): void {
    for (const shopper of this.shoppers) this.working.push(this.shop(shopper));
  }

  /** Stops after the orders in progress. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.working);
  }

  /** Places one order, with retries for up to five minutes. */
  async order(shopper: Shopper, region?: string, key = randomUUID()): Promise<Acknowledged> {
    const askedAt = Date.now();
    const ask = async () => {
      const deadline = Date.now() + 300_000;
      for (let limitMs = attemptLimitMs.first; ; limitMs = Math.min(2 * limitMs, attemptLimitMs.max)) {
        try {
          return await shopper.order(region, key, limitMs);
        } catch (error) {
          if (Date.now() > deadline) throw error;
          await sleep(200 + Math.random() * 300);
        }
      }
    };
    const orderId = await ask();
    const order = { orderId, askedAt, acknowledgedAt: Date.now(), repeat: () => ask().then(() => undefined) };
    this.acknowledged.push(order);
    return order;
  }

  private async shop(shopper: Shopper): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.order(shopper);
      await sleep(300 + Math.random() * 700);
    }
  }
}
