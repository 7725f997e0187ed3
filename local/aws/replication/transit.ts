import type { Change } from "./emulatorOutbox";

/** Transit time of a change to the other Region, in ms: constant, or drawn for each change. */
export type Lag = number | { min: number; max: number };

/**
 * Changes in transit between two Regions. Each arrives after its lag, so changes of different items overtake each other, but never
 * those of one item.
 */
export class Transit {
  /** Changes in order of their numbers. */
  private readonly onTheirWay = new Map<number, { change: Change; due: number }>();
  private readonly lastDue = new Map<string, { due: number; n: number }>();
  /** Changes up to this number have been added. */
  private takenUp: number;

  constructor(
    arrived: number,
    private readonly random: () => number = Math.random,
  ) {
    this.takenUp = arrived;
  }

  get size(): number {
    return this.onTheirWay.size;
  }

  /** Number after which to fetch. */
  get next(): number {
    return this.takenUp;
  }

  /** Changes up to this number have arrived. */
  get arrived(): number {
    const [first] = this.onTheirWay.keys();
    return first === undefined ? this.takenUp : first - 1;
  }

  /** Time of the oldest change in transit, in ms since 1970. */
  get oldestAt(): number | undefined {
    const [first] = this.onTheirWay.values();
    return first && first.change.stamp[0] / 1000;
  }

  /** Due time of the next change, in ms since 1970. */
  get nextDue(): number | undefined {
    let next: number | undefined;
    for (const { due } of this.onTheirWay.values()) if (next === undefined || due < next) next = due;
    return next;
  }

  /** @param last No other changes exist up to this number. */
  takeUp(changes: readonly Change[], last: number, lag: Lag): void {
    for (const change of changes) {
      const lagMs = typeof lag === "number" ? lag : lag.min + this.random() * (lag.max - lag.min);
      const subject = subjectOf(change);
      const due = Math.max(change.stamp[0] / 1000 + lagMs, this.lastDue.get(subject)?.due ?? 0);
      this.lastDue.set(subject, { due, n: change.n });
      this.onTheirWay.set(change.n, { change, due });
    }
    this.takenUp = Math.max(this.takenUp, last);
  }

  /** Returns the changes that are due, in order of arrival. */
  due(now: number, limit: number): Change[] {
    return [...this.onTheirWay.values()]
      .filter(({ due }) => due <= now)
      .sort((a, b) => a.due - b.due || a.change.n - b.change.n)
      .slice(0, limit)
      .map(({ change }) => change);
  }

  arrive(changes: readonly Change[]): void {
    for (const change of changes) {
      this.onTheirWay.delete(change.n);
      const subject = subjectOf(change);
      if (this.lastDue.get(subject)?.n === change.n) this.lastDue.delete(subject);
    }
  }
}

function subjectOf({ table, key, bucket, name }: Change): string {
  return JSON.stringify(table === undefined ? [bucket, name] : [table, key]);
}
