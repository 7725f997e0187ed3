import { isFinal, isOpen } from "../../../domain/order/status";
import { StateTable } from "./stateTable";
import { describe, Transitions } from "./transitions";
import type { Rules, State, Trouble } from "./world";
import * as w from "./world";

/** Invariant of every state, or of every state in which nothing more happens by itself. */
export type Invariant =
  | "never shipped unpaid"
  | "never refunded or voided and shipped"
  | "no contradictory statuses are written"
  | "no reader sees a decided status undone"
  | "no reader sees a delivery undone"
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
  const store = new StateTable();
  /** Of each state, the one that led to it first. */
  const parents: number[] = [-1];
  const findings = new Map<Invariant, Finding>();
  store.numberOf(w.initialState(trouble));

  for (let index = 0; index < store.size && store.size < maxStates; index++) {
    const state = store.stateOf(index);
    const broken = (invariant: Invariant) => {
      if (!findings.has(invariant))
        findings.set(invariant, { invariant, trace: trace(store, parents, index, transitions) });
    };
    let quiet = true;
    transitions.from(state, (next, progress) => {
      quiet &&= !progress;
      remember(next, transitions, broken);
      if (store.numberOf(next) === parents.length) parents.push(index);
    });
    always(state, broken);
    if (quiet) atRest(state, transitions, broken);
  }
  return { states: store.size, exhaustive: store.size < maxStates, findings: [...findings.values()] };
}

/** Records what readers have seen: no reader sees a decided status, or a delivery, undone. */
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
    const delivered = status === "DELIVERED" ? w.SEEN_DELIVERED : 0;
    if ((flags & w.SEEN_DELIVERED) > delivered) broken("no reader sees a delivery undone");
    state[region * w.REGION_SIZE + w.FLAGS] = flags | seen | delivered;
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

function trace(store: StateTable, parents: readonly number[], last: number, transitions: Transitions): string[] {
  const path: number[] = [];
  for (let index = last; index >= 0; index = parents[index]!) path.unshift(index);
  const labels = path.slice(1).map((index, position) => {
    const target = store.stateOf(index);
    let found = "?";
    transitions.from(store.stateOf(path[position]!), (next, _progress, label) => {
      remember(next, transitions, () => {});
      if (found === "?" && equal(next, target)) found = label();
    });
    return found;
  });
  const state = store.stateOf(last);
  const items = [0, 1].map((r) => `${w.REGIONS[r]} ${describe(state[r * w.REGION_SIZE + w.OWN]!)}`);
  return [...labels, `${items.join(", ")}; payment ${state[w.PAYMENT]}, shipment ${state[w.SHIPPING]}`];
}

const equal = (first: State, second: State) => first.every((byte, index) => byte === second[index]);
