import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { Faults, ProviderName } from "./faults";

/** Target of one provider's webhooks, and their signing secret. */
export interface WebhookTarget {
  /** Undefined while the store has no address yet: then the delivery is tried again later. */
  url: () => string | undefined;
  secret: string;
}

/** Delays between tries of one delivery, in milliseconds, before jitter. Real senders try for days; here, longer than a failover takes. */
const retryDelaysMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000, ...new Array<number>(20).fill(30_000)];
const timeoutMs = 5_000;

/**
 * Sends Standard Webhooks with retries: over about ten minutes, same id and body each, backing off with
 * jitter. Any answer of 200–299 ends it; 410 ends it as well.
 */
export class WebhookSender {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly flights = new Set<AbortController>();
  private stopped = false;

  constructor(
    private readonly targets: Record<ProviderName, WebhookTarget>,
    private readonly faults: Faults,
    private readonly log: (line: string) => void,
  ) {}

  /** Notifies the store that an order changed. The store reads the change from the provider. */
  send(system: ProviderName, orderId: string): void {
    const fault = this.faults.take(system, "webhook", orderId);
    if (fault?.kind === "drop") return;
    const type = system === "payment" ? "payment.updated" : "shipment.updated";
    const id = `msg_${randomUUID()}`;
    const body = JSON.stringify({ type, orderId });
    this.schedule(fault?.kind === "slow" ? (fault.ms ?? 2_000) : 0, () => this.deliver(system, id, body, 0));
    if (fault?.kind === "twice") this.schedule(50, () => this.deliver(system, id, body, 0));
  }

  /** Ends all deliveries, including those under way. */
  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const flight of this.flights) flight.abort();
  }

  private schedule(delayMs: number, deliver: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      deliver().catch((error: unknown) => this.log(`webhook: ${String(error)}`));
    }, delayMs);
    this.timers.add(timer);
  }

  private async deliver(system: ProviderName, id: string, body: string, tried: number): Promise<void> {
    if (this.stopped) return;
    const outcome = await this.post(system, id, body);
    if (outcome === "done" || this.stopped) return;
    const delayMs = retryDelaysMs[tried];
    if (delayMs === undefined) {
      this.log(`${system} webhook ${id} given up after ${tried + 1} tries: ${outcome}`);
      return;
    }
    this.schedule(delayMs * (0.75 + Math.random() / 2), () => this.deliver(system, id, body, tried + 1));
  }

  /** Returns "done" or the reason of the failure. */
  private async post(system: ProviderName, id: string, body: string): Promise<string> {
    const { url, secret } = this.targets[system];
    const target = url();
    if (target === undefined) return "the store has no address yet";
    const at = new Date();
    const flight = new AbortController();
    this.flights.add(flight);
    try {
      const response = await fetch(target, {
        method: "POST",
        redirect: "manual",
        signal: AbortSignal.any([flight.signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          "content-type": "application/json",
          "user-agent": `stayopen-${system}-system`,
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
          "webhook-signature": new Webhook(secret).sign(id, at, body),
        },
        body,
      });
      await response.body?.cancel();
      return response.ok || response.status === 410 ? "done" : `answered ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.flights.delete(flight);
    }
  }
}
