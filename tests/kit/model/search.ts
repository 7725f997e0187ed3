import { isFinal, isOpen } from "../../../domain/order/status";
import { describe, Transitions } from "./transitions";
import type { Rules, State, Trouble } from "./world";
import * as w from "./world";

/** Invariant of every state, or of every state in which nothing more happens by itself. */
export type Invariant =
  | "never shipped unpaid"
  | "never refunded or voided and shipped"
  | "no contradictory statuses are written"
  | "no reader sees a decided status undone"
  | "a cancelled order costs nothing"
  | "a delivered order is paid and shipped"
  | "both Regions agree in the end"
  | "every order ends"
  | "no dead item stays open"
  | "one item is effective in the end"
  | "epochs do not run away";

export interface Finding {
  invariant: Invariant;
  /** The steps that led there. */
  trace: string[];
}

export interface Result {
  states: number;
  /** False if the limit ended the search. */
  exhaustive: boolean;
  /** The first trace to each violated invariant. */
  findings: Finding[];
}

/** Breadth-first over all states, so that the first trace to a violation is a shortest one. */
export function search(rules: Rules, trouble: Trouble, maxStates: number): Result {
  const transitions = new Transitions(rules, trouble);
  const store = new StateStore();
  const findings = new Map<Invariant, Finding>();
  store.add(w.initialState(trouble), -1);

  for (let index = 0; index < store.size && store.size < maxStates; index++) {
    const state = store.at(index);
    const broken = (invariant: Invariant) => {
      if (!findings.has(invariant)) findings.set(invariant, { invariant, trace: trace(store, index, transitions) });
    };
    let quiet = true;
    transitions.from(state, (next, progress) => {
      quiet &&= !progress;
      remember(next, transitions, broken);
      store.add(next, index);
    });
    always(state, broken);
    if (quiet) atRest(state, transitions, broken);
  }
  return { states: store.size, exhaustive: store.size < maxStates, findings: [...findings.values()] };
}

/** Records what readers have seen: no reader sees a decided status undone. */
function remember(state: State, transitions: Transitions, broken: (invariant: Invariant) => void): void {
  for (const region of [0, 1]) {
    const flags = state[region * w.REGION_SIZE + w.FLAGS]!;
    if (flags & w.DOWN) continue;
    const { byte } = transitions.effectiveIn(state, region);
    const status = byte === 0 ? undefined : w.statusOf(byte);
    const shipping = status === "SHIPPING" || status === "SHIPPED" || status === "DELIVERED";
    const seen = shipping ? w.SEEN_SHIPPING : status === "CANCELLED" ? w.SEEN_CANCELLED : 0;
    const before = flags & (w.SEEN_SHIPPING | w.SEEN_CANCELLED);
    if (before !== 0 && before !== seen) broken("no reader sees a decided status undone");
    state[region * w.REGION_SIZE + w.FLAGS] = flags | seen;
  }
}

function always(state: State, broken: (invariant: Invariant) => void): void {
  const payment = state[w.PAYMENT]!;
  if (state[w.SHIPPING] === w.ACCEPTED) {
    if (payment === w.VOIDED || payment === w.REFUNDED) broken("never refunded or voided and shipped");
    else if (payment !== w.CAPTURED) broken("never shipped unpaid");
  }
  if (state[w.EVER] === 3) broken("no contradictory statuses are written");
  for (const region of [0, 1]) {
    if (w.epochOf(state[region * w.REGION_SIZE + w.OWN]!) >= w.MAX_EPOCH) broken("epochs do not run away");
  }
}

/** Checks a state in which nothing more happens by itself. */
function atRest(state: State, transitions: Transitions, broken: (invariant: Invariant) => void): void {
  const flags = [0, 1].map((region) => state[region * w.REGION_SIZE + w.FLAGS]!);
  if (!flags.some((each) => each & w.SUBMITTED)) return;
  const up = [0, 1].filter((region) => (flags[region]! & w.DOWN) === 0);
  for (const region of up) {
    const { byte } = transitions.effectiveIn(state, region);
    if (byte === 0) continue;
    const status = w.statusOf(byte);
    if (!isFinal(status) || status === "SUPERSEDED") broken("every order ends");
    if (status === "CANCELLED" && (state[w.PAYMENT] === w.CAPTURED || state[w.SHIPPING] === w.ACCEPTED))
      broken("a cancelled order costs nothing");
    if (status === "DELIVERED" && (state[w.PAYMENT] !== w.CAPTURED || state[w.SHIPPING] !== w.ACCEPTED))
      broken("a delivered order is paid and shipped");
  }
  if (up.length < 2) return;
  const [east, west] = up.map((region) => transitions.effectiveIn(state, region));
  if (east!.byte !== west!.byte || east!.region !== west!.region) broken("both Regions agree in the end");
  const own = up.map((region) => state[region * w.REGION_SIZE + w.OWN]!).filter((byte) => byte !== 0);
  if (own.filter((byte) => w.statusOf(byte) !== "SUPERSEDED").length !== 1) broken("one item is effective in the end");
  if (own.some((byte) => isOpen(w.statusOf(byte)))) broken("no dead item stays open");
}

function trace(store: StateStore, last: number, transitions: Transitions): string[] {
  const path: number[] = [];
  for (let index = last; index >= 0; index = store.parent(index)) path.unshift(index);
  const labels = path.slice(1).map((index, position) => {
    const target = store.at(index);
    let found = "?";
    transitions.from(store.at(path[position]!), (next, _progress, label) => {
      remember(next, transitions, () => {});
      if (found === "?" && equal(next, target)) found = label();
    });
    return found;
  });
  const state = store.at(last);
  const items = [0, 1].map((r) => `${w.REGIONS[r]} ${describe(state[r * w.REGION_SIZE + w.OWN]!)}`);
  return [...labels, `${items.join(", ")}; payment ${state[w.PAYMENT]}, shipment ${state[w.SHIPPING]}`];
}

const equal = (first: State, second: State) => first.every((byte, index) => byte === second[index]);

/** States one after the other in one buffer, found again by an open-addressing table: 24 + 4 + about 7 bytes a state. */
class StateStore {
  size = 0;
  private bytes = new Uint8Array(1 << 22);
  private parents = new Int32Array(1 << 17);
  private table = new Int32Array(1 << 18);

  at(index: number): State {
    return this.bytes.slice(index * w.STATE_SIZE, (index + 1) * w.STATE_SIZE);
  }

  parent(index: number): number {
    return this.parents[index]!;
  }

  add(state: State, parent: number): void {
    const slot = this.slotOf(state);
    if (this.table[slot] !== 0) return;
    if ((this.size + 1) * w.STATE_SIZE > this.bytes.length) this.bytes = grown(this.bytes, Uint8Array);
    if (this.size >= this.parents.length) this.parents = grown(this.parents, Int32Array);
    this.bytes.set(state, this.size * w.STATE_SIZE);
    this.parents[this.size] = parent;
    this.table[slot] = ++this.size;
    if (this.size * 2 > this.table.length) this.rehash();
  }

  private slotOf(state: State): number {
    const mask = this.table.length - 1;
    let slot = hash(state) & mask;
    for (;;) {
      const found = this.table[slot]!;
      if (found === 0 || this.same(state, (found - 1) * w.STATE_SIZE)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private same(state: State, offset: number): boolean {
    for (let index = 0; index < w.STATE_SIZE; index++) {
      if (state[index] !== this.bytes[offset + index]) return false;
    }
    return true;
  }

  private rehash(): void {
    this.table = new Int32Array(this.table.length * 2);
    for (let index = 0; index < this.size; index++) this.table[this.slotOf(this.at(index))] = index + 1;
  }
}

function hash(state: State): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < w.STATE_SIZE; index++) value = Math.imul(value ^ state[index]!, 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}

function grown<A extends Uint8Array | Int32Array>(array: A, make: new (length: number) => A): A {
  const larger = new make(array.length * 2);
  larger.set(array);
  return larger;
}
