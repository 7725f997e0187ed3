import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { ItemWrite } from "../../aws/eventSources";

/** An item of an order before and after one write. */
export interface OrderWrite {
  /** Region whose table was written. */
  region: string;
  tableName: string;
  /** ISO 8601, UTC. */
  at: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

/** Writes of orders' items, from the tables' streams. Kept outside the Regions. */
export class Writes {
  private readonly byOrder = new Map<string, Map<string, OrderWrite>>();

  /** @param limit orders that are kept; those written first are dropped first. */
  constructor(private readonly limit = 2_000) {}

  /** Adds a write. Several readers of one stream report it once each. */
  add(region: string, { tableName, eventId, at, before, after }: ItemWrite): void {
    const orderId = (after ?? before)?.["orderId"]?.S;
    if (orderId === undefined) return;
    const known = this.byOrder.get(orderId) ?? new Map<string, OrderWrite>();
    this.byOrder.set(orderId, known);
    const id = `${region} ${tableName} ${eventId}`;
    if (known.has(id)) return;
    known.set(id, {
      region,
      tableName,
      at,
      before: before && unmarshall(before),
      after: after && unmarshall(after),
    });
    const [oldest] = this.byOrder.keys();
    if (this.byOrder.size > this.limit && oldest !== undefined) this.byOrder.delete(oldest);
  }

  of(orderId: string): OrderWrite[] {
    return [...(this.byOrder.get(orderId)?.values() ?? [])];
  }
}
