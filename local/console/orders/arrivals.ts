import type { Arrival } from "../../aws/replication";

/** Latest arrivals of replicated items, by the first part of their key, such as an order's id. */
export class Arrivals {
  private readonly byKey = new Map<string, Arrival[]>();

  private readonly latest = new Map<string, { arrivedAt: number; tookMs: number }[]>();

  /** @param limit keys that are kept; those that arrived first are dropped first. */
  constructor(private readonly limit = 5_000) {}

  add(arrival: Arrival): void {
    const [key] = arrival.key;
    const known = this.byKey.get(key);
    if (known) known.push(arrival);
    else this.byKey.set(key, [arrival]);
    const arrivedAt = Date.parse(arrival.arrivedAt);
    const latest = this.latest.get(arrival.to) ?? [];
    latest.push({ arrivedAt, tookMs: Math.max(0, arrivedAt - Date.parse(arrival.writtenAt)) });
    this.latest.set(arrival.to, latest.slice(-200));
    const [oldest] = this.byKey.keys();
    if (this.byKey.size > this.limit && oldest !== undefined) this.byKey.delete(oldest);
  }

  /** Longest replication of the latest arrivals in a Region, in milliseconds; undefined without one in the last `ms`. */
  latestMs(region: string, ms = 5_000, now = Date.now()): number | undefined {
    const recent = (this.latest.get(region) ?? []).filter(({ arrivedAt }) => arrivedAt > now - ms);
    return recent.length === 0 ? undefined : Math.max(...recent.map(({ tookMs }) => tookMs));
  }

  of(key: string): readonly Arrival[] {
    return this.byKey.get(key) ?? [];
  }
}
