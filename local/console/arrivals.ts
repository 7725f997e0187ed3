import type { Arrival } from "../aws/replication";

/** Latest arrivals of replicated items, by the first part of their key, such as an order's id. */
export class Arrivals {
  private readonly byKey = new Map<string, Arrival[]>();

  /** @param limit keys that are kept; those that arrived first are dropped first. */
  constructor(private readonly limit = 5_000) {}

  add(arrival: Arrival): void {
    const [key] = arrival.key;
    const known = this.byKey.get(key);
    if (known) known.push(arrival);
    else this.byKey.set(key, [arrival]);
    const [oldest] = this.byKey.keys();
    if (this.byKey.size > this.limit && oldest !== undefined) this.byKey.delete(oldest);
  }

  of(key: string): readonly Arrival[] {
    return this.byKey.get(key) ?? [];
  }
}
