import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Shopper } from "./shopper";

/** An order that the store has acknowledged. */
export interface Acknowledged {
  orderId: string;
  /** When the customer pressed the button, and when the order was confirmed. Milliseconds since the epoch. */
  askedAt: number;
  acknowledgedAt: number;
  /** Says the same again, as a customer does who does not find the order any more. */
  repeat(): Promise<void>;
}

/** What a browser waits for an answer before it tries again under the same key. */
const attemptLimitMs = 5_000;

/**
 * Customers who order one thing after the other, wherever the store's address leads, and repeat a request that was not
 * answered under the same key until it is.
 */
export class Customers {
  readonly acknowledged: Acknowledged[] = [];
  private readonly stopping = new AbortController();
  private readonly working: Promise<unknown>[] = [];

  constructor(private readonly shoppers: readonly Shopper[]) {}

  start(): void {
    for (const shopper of this.shoppers) this.working.push(this.shop(shopper));
  }

  /** Lets each finish the order that he is at. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.working);
  }

  /** Orders once, however often it has to be asked. */
  async order(shopper: Shopper, region?: string, key = randomUUID()): Promise<Acknowledged> {
    const askedAt = Date.now();
    const ask = async () => {
      const deadline = Date.now() + 180_000;
      for (;;) {
        try {
          return await shopper.order(region, key, attemptLimitMs);
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
