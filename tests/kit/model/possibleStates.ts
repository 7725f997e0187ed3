import { StateTable } from "./stateTable";
import { callsUnderWay, Transitions } from "./transitions";
import type { Rules, State, Trouble } from "./world";
import * as w from "./world";

/**
 * All states that the model may be in, as far as can be seen from outside. Equal sets are one object, and what follows from one is
 * computed once: schedules begin alike, and meet the same few thousand sets again and again.
 */
export interface PossibleStates {
  /** Numbers of the states, ascending. */
  readonly states: Int32Array;
  /** Computed when it is first asked for. */
  after?: Following | "too many";
  /** Sets that follow when something other than a function changes a byte. */
  readonly forced: Map<number, PossibleStates>;
}

interface Following {
  /** The states, with all that functions may have done unseen since. */
  reached: Int32Array;
  /** By the byte that can be seen: the states, interned when they are first asked for. */
  seen: Map<number, Set<number> | PossibleStates>;
}

/** A change of one byte of a state: bits are cleared, then others set. */
export interface ByteChange {
  offset: number;
  clear: number;
  set: number;
}

/** More states than this say little about where the code is. */
const MOST_STATES = 20_000;
/** States and members of sets that are kept, about 40 bytes each. */
const MOST_KEPT = 20_000_000;
const ENDLESS = 3;
const TROUBLE: Trouble = {
  kills: 0,
  falseTakeovers: ENDLESS,
  lostCalls: ENDLESS,
  deaths: ENDLESS,
  cancels: 0,
  staleTakeovers: ENDLESS,
  wrongSweeps: ENDLESS,
  retries: ENDLESS,
  resubmits: true,
};
/** Bytes that functions change and a ledger or a table shows. */
const VISIBLE = [w.OWN, w.REGION_SIZE + w.OWN, w.PAYMENT, w.SHIPPING];

/** The model as an automaton over sets of states, for one set of rules. Each kind of trouble may always strike once more. */
export class PossibilityTracker {
  private readonly transitions: Transitions;
  /** Without the budgets, which are endless. */
  private readonly table = new StateTable(w.KILLS);
  private readonly sets = new Map<string, PossibleStates>();
  private members = 0;

  constructor(rules: Rules) {
    this.transitions = new Transitions(rules, TROUBLE);
  }

  /** True when so much is kept that a new tracker is due; sets of one tracker mean nothing to another. */
  get isFull(): boolean {
    return this.table.size + this.members > MOST_KEPT;
  }

  only(state: State): PossibleStates {
    return this.setOf([this.numberOf(state)]);
  }

  /** Something other than a function changes a byte, after whatever functions did unseen. */
  force(from: PossibleStates, { offset, clear, set }: ByteChange): PossibleStates | "too many" {
    const key = (1 << 30) | (offset << 16) | (clear << 8) | set;
    const known = from.forced.get(key);
    if (known) return known;
    const after = this.after(from);
    if (after === "too many") return after;
    const next = this.setOf(
      Array.from(after.reached, (number) => {
        const state = this.stateOf(number);
        state[offset] = (state[offset]! & ~clear) | set;
        return this.numberOf(state);
      }),
    );
    from.forced.set(key, next);
    return next;
  }

  /** A function has set a byte that can be seen. "impossible": no state of the set leads there. */
  see(from: PossibleStates, offset: number, byte: number): PossibleStates | "too many" | "impossible" {
    const after = this.after(from);
    if (after === "too many") return after;
    const seen = seenKey(offset, byte);
    const next = after.seen.get(seen);
    if (next === undefined) return "impossible";
    if (!(next instanceof Set)) return next;
    const set = this.setOf([...next]);
    after.seen.set(seen, set);
    return set;
  }

  /** As `see`, by a function that had read another value of a byte, one of `earlier`. */
  seeAfterReading(
    from: PossibleStates,
    [offset, byte]: readonly [number, number],
    readOffset: number,
    earlier: readonly number[],
  ): PossibleStates | "impossible" {
    const after = this.after(from);
    if (after === "too many") return "impossible";
    const next: number[] = [];
    for (const number of after.reached) {
      for (const read of earlier) {
        const state = this.stateOf(number);
        const present = state[readOffset]!;
        state[readOffset] = read;
        this.transitions.fromFunctions(state, (found) => {
          if (found[offset] !== byte || visibleChange(state, found) !== offset) return;
          const result = found.slice();
          result[readOffset] = present;
          next.push(this.numberOf(result));
        });
      }
    }
    return next.length === 0 ? "impossible" : this.setOf(next);
  }

  /** Values that a byte has in the states. */
  valuesOf({ states }: PossibleStates, offset: number): Set<number> {
    return new Set(Array.from(states, (number) => this.stateOf(number)[offset]!));
  }

  /** One of the states. */
  exampleOf({ states }: PossibleStates): State {
    return this.stateOf(states[0]!);
  }

  /** Lists the states after all that functions can have done unseen, and those after the next change that is seen. */
  private after(set: PossibleStates): Following | "too many" {
    if (set.after !== undefined) return set.after;
    const reached = new Set<number>(set.states);
    const seen: Following["seen"] = new Map();
    for (const number of reached) {
      const state = this.stateOf(number);
      this.transitions.fromFunctions(state, (next) => {
        if (isLoss(state, next)) return;
        const to = this.numberOf(next);
        const offset = visibleChange(state, next);
        if (offset === undefined) {
          reached.add(to);
          return;
        }
        const key = seenKey(offset, next[offset]!);
        const before = seen.get(key) as Set<number> | undefined;
        if (before) before.add(to);
        else seen.set(key, new Set([to]));
      });
      if (reached.size > MOST_STATES) {
        set.after = "too many";
        return set.after;
      }
    }
    this.members += reached.size;
    for (const next of seen.values()) this.members += (next as Set<number>).size;
    set.after = { reached: Int32Array.from(reached), seen };
    return set.after;
  }

  /**
   * Changes the state. What was ever written is checked elsewhere. Each call under way counts as given up and late: the state with
   * fewer late calls can follow from this one unseen, and can do nothing that this one can't.
   */
  private numberOf(state: State): number {
    state[w.EVER] = 0;
    state[w.LATE]! |= callsUnderWay(state);
    return this.table.numberOf(state);
  }

  private stateOf(number: number): State {
    return this.table.stateOf(number).fill(ENDLESS, w.KILLS);
  }

  private setOf(states: readonly number[]): PossibleStates {
    const sorted = Int32Array.from(new Set(states)).sort();
    const key = Buffer.from(sorted.buffer).toString("latin1");
    let set = this.sets.get(key);
    if (!set) {
      set = { states: sorted, forced: new Map() };
      this.sets.set(key, set);
      this.members += sorted.length;
    }
    return set;
  }
}

/** True if nothing but late calls has been lost: what follows from there follows from the state itself as well. */
function isLoss(before: State, after: State): boolean {
  if ((after[w.LATE]! & ~before[w.LATE]!) !== 0) return false;
  for (let offset = 0; offset < w.EVER; offset++)
    if (offset !== w.LATE && before[offset] !== after[offset]) return false;
  return true;
}

/** Offset of the byte that differs and that a ledger or a table shows. */
function visibleChange(before: State, after: State): number | undefined {
  for (const offset of VISIBLE) if (before[offset] !== after[offset]) return offset;
  return undefined;
}

const seenKey = (offset: number, byte: number): number => (offset << 8) | byte;
