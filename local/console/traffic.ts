/** An API request of a customer, as the edge saw it. */
interface Answered {
  /** Milliseconds since 1970. */
  at: number;
  /** Milliseconds until the answer's head, or until the edge gave up. */
  ms: number;
  hasFailed: boolean;
}

/** Requests of one Region over a time. */
export interface TrafficView {
  requests: number;
  /** Answered by 500 or more, or not at all. */
  failed: number;
  /** Milliseconds; absent without requests. */
  p50?: number;
  p95?: number;
}

/** Requests of customers by the Region that they reached. Kept outside the Regions. */
export class Traffic {
  private readonly byRegion = new Map<string, Answered[]>();

  /** @param keptMs time that requests are kept. */
  constructor(private readonly keptMs = 60_000) {}

  /** @param status absent if the Region did not answer. */
  add(region: string, ms: number, status: number | undefined, at = Date.now()): void {
    const known = this.byRegion.get(region) ?? [];
    known.push({ at, ms, hasFailed: status === undefined || status >= 500 });
    const firstKept = known.findIndex((one) => one.at >= at - this.keptMs);
    this.byRegion.set(region, firstKept > 0 ? known.slice(firstKept) : known);
  }

  /** Summarizes the requests of the last `ms` milliseconds. */
  of(region: string, ms: number, now = Date.now()): TrafficView {
    const answered = (this.byRegion.get(region) ?? []).filter(({ at }) => at > now - ms && at <= now);
    const times = answered.map((one) => one.ms).sort((a, b) => a - b);
    return {
      requests: answered.length,
      failed: answered.filter(({ hasFailed }) => hasFailed).length,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
    };
  }
}

function quantile(sorted: readonly number[], share: number): number | undefined {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return value === undefined ? undefined : Math.round(value);
}
