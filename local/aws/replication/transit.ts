import type { Change } from "./emulatorOutbox";

/** Transit time of a change to the other Region, in ms: constant, or drawn for each change. */
export type Lag = number | { min: number; max: number };

/**
 * The changes between two Regions: each arrives when its lag is over, so changes of different items overtake each other, but never
 * one of the same item.
 */
export class Transit {
  /** By their number, in order. */
  private readonly onTheirWay = new Map<number, { change: Change; due: number }>();
  private readonly lastDue = new Map<string, { due: number; n: number }>();
  /** Everything up to this number has been taken up. */
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

  /** Position of the next change. */
  get next(): number {
    return this.takenUp;
  }

  /** Everything up to this number has arrived. */
  get arrived(): number {
    const [first] = this.onTheirWay.keys();
    return first === undefined ? this.takenUp : first - 1;
  }

  /** When the oldest that is on its way was written, in ms since 1970. */
  get oldestAt(): number | undefined {
    const [first] = this.onTheirWay.values();
    return first && first.change.stamp[0] / 1000;
  }

  /** When the next one is due, in ms since 1970. */
  get nextDue(): number | undefined {
    let next: number | undefined;
    for (const { due } of this.onTheirWay.values()) if (next === undefined || due < next) next = due;
    return next;
  }

  /** @param last Nothing else is to be taken up to this number. */
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

  /** Those whose time has come, in the order of their arrival. */
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
