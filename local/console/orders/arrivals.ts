import type { Arrival } from "../../aws/replication";

/** Keys that are kept; those that arrived first are dropped first. */
const MOST_KEYS = 5_000;

/** Age of the oldest arrivals that count for the latest duration. */
const RECENT_MS = 5_000;

/** Latest arrivals of replicated items, by the first part of their key, such as an order's id. */
export class Arrivals {
  private readonly byKey = new Map<string, Arrival[]>();

  private readonly latest = new Map<string, { arrivedAt: number; tookMs: number }[]>();

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
    if (this.byKey.size > MOST_KEYS && oldest !== undefined) this.byKey.delete(oldest);
  }

  /** Longest replication of the latest arrivals in a Region, in milliseconds; undefined without a recent one. */
  latestMs(region: string): number | undefined {
    const since = Date.now() - RECENT_MS;
    const recent = (this.latest.get(region) ?? []).filter(({ arrivedAt }) => arrivedAt > since);
    return recent.length === 0 ? undefined : Math.max(...recent.map(({ tookMs }) => tookMs));
  }

  of(key: string): readonly Arrival[] {
    return this.byKey.get(key) ?? [];
  }
}
