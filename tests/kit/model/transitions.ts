import { MAX_RESTARTS, PARKED_SWEEP_AT } from "../../../domain/order/deadlines";
import { effectiveItem } from "../../../domain/order/effective";
import type { Partition } from "../../../domain/order/items";
import {
  afterAuthorize,
  afterCapture,
  afterRefund,
  afterShip,
  afterTrack,
  afterVoid,
  type Outcome,
} from "../../../domain/order/outcomes";
import { isDecided, isOpen, mayBecome, type OrderStatus } from "../../../domain/order/status";
import { nextStep, type StepKnowledge } from "../../../domain/order/steps";
import { advance, holds, onForeignRecord, release, sweep, takeOver, type Write } from "../../../domain/order/writes";
import type { Call, ModelItem, Place, Rules, State, Trouble } from "./world";
import * as w from "./world";

/**
 * Receives each possible next state, to read, to change or to copy: the array is used again. `progress`: it happens sooner or later
 * without trouble.
 */
export type Emit = (next: State, progress: boolean, label: () => string) => void;

const NOW = { at: "2026-01-02T00:00:00Z" };
const GIVEN_UP = { waitedSeconds: 1, limitSeconds: 1 };
const R = w.REGION_SIZE;

/** Possible next states, for one set of rules. Decisions are the domain's own functions, cached. */
export class Transitions {
  private readonly steps = new Map<number, Place>();
  private readonly decisions = new Map<number, number>();
  private readonly effectiveRegions = new Map<number, number>();

  constructor(
    private readonly rules: Rules,
    private readonly trouble: Trouble,
  ) {}

  /** Calls `emit` for every state that may follow. */
  from(state: State, emit: Emit): void {
    for (const region of [0, 1]) {
      this.condition(state, region, emit);
      this.replication(state, region, emit);
      if (isUp(state, region)) this.customer(state, region, emit);
    }
    this.fromFunctions(state, emit);
  }

  /** Calls `emit` for every state that follows from what the store's functions do, or from their failures. */
  fromFunctions(state: State, emit: Emit): void {
    for (const region of [0, 1]) {
      if (!isUp(state, region)) continue;
      this.failures(state, region, emit);
      this.takeovers(state, region, emit);
      this.streams(state, region, emit);
      this.sweeper(state, region, emit);
      for (const slot of [w.EXECUTION, w.OLD_EXECUTION]) this.execution(state, region, slot, emit);
    }
    this.lateCalls(state, emit);
  }

  /** Returns the byte and the Region of the item that is effective for a reader in this Region; byte 0 is none. */
  effectiveIn(state: State, region: number): { byte: number; region: number } {
    const own = state[region * R + w.OWN]!;
    const foreign = state[(1 - region) * R + w.COPY]!;
    const key = (own << 9) | (foreign << 1) | region;
    let owner = this.effectiveRegions.get(key);
    if (owner === undefined) {
      const best = effectiveItem(w.partitionIn(state, region).orders, this.rules.ranking);
      owner = best === undefined ? region : w.REGIONS.indexOf(best.region as (typeof w.REGIONS)[number]);
      this.effectiveRegions.set(key, owner);
    }
    return { byte: owner === region ? own : foreign, region: owner };
  }

  private customer(state: State, region: number, emit: Emit): void {
    const flags = state[region * R + w.FLAGS]!;
    const elsewhere = (state[(1 - region) * R + w.FLAGS]! & w.SUBMITTED) !== 0;
    if ((flags & w.SUBMITTED) === 0 && (!elsewhere || this.trouble.resubmits)) {
      // Clocks differ: the second item may seem older, as old, or younger.
      for (const age of elsewhere ? [0, 1, 2] : [1]) {
        const next = change(state, region, w.FLAGS, flags | w.SUBMITTED);
        if (next[region * R + w.OWN] === 0) this.write(next, region, w.placedAt(age));
        else if (age > 0) continue;
        emit(next, false, () => `customer places the order in ${w.REGIONS[region]} (age ${age})`);
      }
    }
    const placed = ((flags | state[(1 - region) * R + w.FLAGS]!) & w.SUBMITTED) !== 0;
    if (placed && state[w.CANCELS]! > 0 && (flags & w.CANCEL) === 0) {
      const next = spend(change(state, region, w.FLAGS, flags | w.CANCEL), w.CANCELS);
      emit(next, false, () => `customer wishes to cancel in ${w.REGIONS[region]}`);
    }
  }

  /** A Region goes down, with the calls of its executions on their way, or returns. */
  private condition(state: State, region: number, emit: Emit): void {
    const flags = state[region * R + w.FLAGS]!;
    const name = w.REGIONS[region];
    if (!isUp(state, region)) {
      emit(change(state, region, w.FLAGS, flags & ~w.DOWN), false, () => `${name} returns with its data`);
      return;
    }
    if (state[w.KILLS]! === 0) return;
    const down = spend(change(state, region, w.FLAGS, flags | w.DOWN), w.KILLS);
    emit(down, false, () => `${name} goes down`);
    for (const call of callsOf(state, region)) {
      if ((state[w.LATE]! & bit(call)) !== 0) continue;
      emit(late(down, call), false, () => `${name} goes down with "${call}" on its way`);
    }
  }

  private failures(state: State, region: number, emit: Emit): void {
    const name = w.REGIONS[region];
    if (state[w.LOST_CALLS]! > 0) {
      for (const call of callsOf(state, region)) {
        if ((state[w.LATE]! & bit(call)) !== 0) continue;
        emit(late(spend(state, w.LOST_CALLS), call), false, () => `${name} gives "${call}" up; it is still on its way`);
      }
    }
    if (state[w.DEATHS]! > 0 && state[region * R + w.EXECUTION] !== 0) {
      const next = spend(change(state, region, w.EXECUTION, 0), w.DEATHS);
      emit(next, false, () => `${name}: the execution dies`);
    }
    if (state[w.RETRIES]! > 0) this.retries(state, region, emit);
  }

  /** A step's function ends before the step is done: the workflow runs the step again, which knows only what its state began with. */
  private retries(state: State, region: number, emit: Emit): void {
    for (const slot of [w.EXECUTION, w.OLD_EXECUTION]) {
      const running = state[region * R + slot]!;
      for (const again of STEP_BEGINS[w.PLACES[running & 15]!]) {
        const next = spend(change(state, region, slot, execution(running >> 4, again)), w.RETRIES);
        emit(next, false, () => `${w.REGIONS[region]}: the step is run again → ${again}`);
      }
    }
  }

  private takeovers(state: State, region: number, emit: Emit): void {
    const takeover = (next: State, byte: number, progress: boolean, why: string) => {
      if (byte === 0) return;
      this.write(next, region, byte);
      emit(next, progress, () => `${w.REGIONS[region]} takes the order over: ${why}`);
    };
    const byPartition = () => this.decide("take over", state, region, (partition) => this.takeOver(partition, region));
    const peerDown = (state[(1 - region) * R + w.FLAGS]! & w.DOWN) !== 0;
    if (peerDown) takeover(copyOf(state), byPartition(), true, "the other Region is down");
    else if (state[w.FALSE_TAKEOVERS]! > 0) takeover(spend(state, w.FALSE_TAKEOVERS), byPartition(), false, "wrongly");
    const foreign = state[(1 - region) * R + w.COPY]!;
    if (state[w.STALE_TAKEOVERS]! > 0 && foreign !== 0) {
      const byte = this.decide("take over from a stale copy", state, region, ({ orders }) => {
        // The partition as it may have been long before: only the own item's condition protects the write.
        const stale = w.item(w.placedAt(foreign >> 6), 1 - region)!;
        const own = orders.filter((each) => each.region === w.REGIONS[region]);
        return this.takeOver({ orders: [...own, stale], cancelWished: false }, region);
      });
      takeover(spend(state, w.STALE_TAKEOVERS), byte, false, "from a stale copy");
    }
  }

  private takeOver(partition: Partition<ModelItem>, region: number): Write<ModelItem> | undefined {
    return this.rules.takesOverEffectiveOnly
      ? takeOver(partition, w.REGIONS[region]!, NOW, this.rules.ranking)
      : takeOverAnyOpen(partition, region);
  }

  private replication(state: State, region: number, emit: Emit): void {
    const down = (state[region * R + w.FLAGS]! | state[(1 - region) * R + w.FLAGS]!) & w.DOWN;
    if (down !== 0) return;
    const own = state[region * R + w.OWN]!;
    if (own !== state[region * R + w.COPY]) {
      const next = change(state, region, w.COPY, own);
      emit(next, true, () => `${w.REGIONS[region]}'s item arrives in ${w.REGIONS[1 - region]}: ${describe(own)}`);
    }
    const there = state[(1 - region) * R + w.FLAGS]!;
    if ((state[region * R + w.FLAGS]! & w.CANCEL) !== 0 && (there & w.CANCEL_COPY) === 0) {
      const next = change(state, 1 - region, w.FLAGS, there | w.CANCEL_COPY);
      emit(next, true, () => `${w.REGIONS[region]}'s wish to cancel arrives in ${w.REGIONS[1 - region]}`);
    }
  }

  /** The dispatcher: starts what has a new epoch, steps back where the other Region's item outranks the own one. */
  private streams(state: State, region: number, emit: Emit): void {
    const waiting = state[region * R + w.TO_START]!;
    for (let epoch = 1; epoch <= w.MAX_EPOCH; epoch++) {
      if ((waiting & (1 << epoch)) === 0) continue;
      const next = change(state, region, w.TO_START, waiting & ~(1 << epoch));
      const running = next[region * R + w.EXECUTION]!;
      if (running !== 0) next[region * R + w.OLD_EXECUTION] = running;
      next[region * R + w.EXECUTION] = execution(epoch, "check");
      emit(next, true, () => `${w.REGIONS[region]} starts the execution of epoch ${epoch}`);
      break;
    }
    const byte = this.decide("supersede", state, region, (partition) =>
      onForeignRecord(partition, w.REGIONS[region]!, NOW, this.rules.ranking),
    );
    if (byte === 0) return;
    const next = copyOf(state);
    this.write(next, region, byte);
    emit(next, true, () => `${w.REGIONS[region]} sees that it is outranked: SUPERSEDED`);
  }

  private sweeper(state: State, region: number, emit: Emit): void {
    if (!this.rules.sweeps) return;
    const idle =
      state[region * R + w.EXECUTION] === 0 &&
      state[region * R + w.OLD_EXECUTION] === 0 &&
      state[region * R + w.TO_START] === 0;
    if (!idle && state[w.WRONG_SWEEPS] === 0) return;
    const name = w.REGIONS[region]!;
    const flags = state[region * R + w.FLAGS]!;
    if ((flags & w.PARKED) !== 0) {
      if (!this.rules.releases) return;
      const byte = this.decide("release", state, region, (partition) =>
        release(withOwn(partition, name, { sweepAt: PARKED_SWEEP_AT }), name, NOW, this.rules.ranking),
      );
      if (byte === 0) return;
      const next = copyOf(state);
      this.write(next, region, byte);
      emit(next, true, () => `an operator releases ${name}'s parked order`);
      return;
    }
    const restarted = this.decide("sweep", state, region, (partition) => {
      const decision = sweep(partition, name, false, NOW, this.rules.ranking);
      return decision.kind === "restart" ? decision.write : undefined;
    });
    if (restarted === 0) return;
    // The state holds no history, so that each restart may be the one too many.
    const parked = this.decide("park", state, region, (partition) => {
      const decision = sweep(
        withOwn(partition, name, { history: RESTARTED_OFTEN }),
        name,
        false,
        NOW,
        this.rules.ranking,
      );
      return decision.kind === "park" ? decision.write : undefined;
    });
    if (parked !== 0) {
      const next = idle ? copyOf(state) : spend(state, w.WRONG_SWEEPS);
      next[region * R + w.FLAGS] = flags | w.PARKED;
      emit(next, false, () => `${name}'s sweeper parks the order`);
    }
    const next = idle ? copyOf(state) : spend(state, w.WRONG_SWEEPS);
    this.write(next, region, restarted);
    emit(next, idle, () => `${name}'s sweeper restarts the order${idle ? "" : ", wrongly"}`);
  }

  private execution(state: State, region: number, slot: number, emit: Emit): void {
    const running = state[region * R + slot]!;
    const at = w.PLACES[running & 15]!;
    const epoch = running >> 4;
    const to = (from: State, next: Place, said: string) => {
      const following = change(from, region, slot, next === "none" ? 0 : execution(epoch, next));
      emit(following, true, () => `${w.REGIONS[region]}, execution ${epoch}: ${said} → ${next}`);
    };
    if (at === "none") return;
    if (at.startsWith("check")) this.check(state, region, epoch, at, to);
    else if (at.startsWith("write ")) {
      const next = copyOf(state);
      const written = this.writeStatus(next, region, epoch, at.slice("write ".length) as OrderStatus);
      to(next, "check", `${at}${written ? "" : " (condition failed)"}`);
    } else if (at === "track") {
      const own = state[region * R + w.OWN]!;
      // The parcel gets there in the end; the book of the shipping system is asked again and again.
      to(state, own === 0 ? "check" : placeAfter(afterTrack("delivered", w.statusOf(own))), "track");
    } else this.call(state, at as Call, (next, outcome) => to(next, placeAfter(outcome), at));
  }

  /** Rule 4, with what this execution has been answered. */
  private check(
    state: State,
    region: number,
    epoch: number,
    at: Place,
    to: (from: State, next: Place, said: string) => void,
  ): void {
    const own = state[region * R + w.OWN]!;
    const foreign = state[(1 - region) * R + w.COPY]!;
    const cancelled = (state[region * R + w.FLAGS]! & (w.CANCEL | w.CANCEL_COPY)) !== 0;
    const key =
      (((((((own << 8) | foreign) << 3) | epoch) << 3) | w.place(at)) << 2) | (region << 1) | Number(cancelled);
    let next = this.steps.get(key);
    if (next === undefined) {
      const partition = w.partitionIn(state, region);
      const seen = this.rules.checksForeign
        ? partition
        : { ...partition, orders: partition.orders.filter((each) => each.region === w.REGIONS[region]) };
      const step = nextStep(seen, { region: w.REGIONS[region]!, epoch }, KNOWN[at] ?? {}, this.rules.ranking);
      next = step.kind === "act" ? step.action : "none";
      this.steps.set(key, next);
    }
    // An execution that finds itself outranked steps back, which the dispatcher's transition does as well.
    to(state, next, at);
  }

  private call(state: State, call: Call, answer: (next: State, outcome: Outcome) => void): void {
    const payment = state[w.PAYMENT]!;
    const shipment = state[w.SHIPPING]!;
    const paying = (now: number) => set(state, w.PAYMENT, now);
    switch (call) {
      case "authorize": {
        if (payment === w.NO_PAYMENT) {
          answer(paying(w.AUTHORIZED), afterAuthorize({ status: "authorized" }, GIVEN_UP));
          answer(state, afterAuthorize({ status: "declined" }, GIVEN_UP));
          return;
        }
        const status = (["none", "authorized", "captured", "voided", "refunded"] as const)[payment]!;
        answer(state, afterAuthorize({ status }, GIVEN_UP));
        return;
      }
      case "capture":
        if (!this.rules.arbitrates || payment === w.AUTHORIZED || payment === w.CAPTURED)
          answer(paying(w.CAPTURED), afterCapture({ status: "captured" }));
        else answer(state, afterCapture({ status: "voided" }));
        return;
      case "void":
        if (!this.rules.arbitrates) answer(paying(w.VOIDED), afterVoid({ status: "voided" }));
        else if (payment === w.CAPTURED) answer(state, afterVoid({ status: "captured" }));
        else if (payment === w.REFUNDED || (payment === w.NO_PAYMENT && !this.rules.voidLasts))
          answer(state, afterVoid({ status: "voided" }));
        else answer(paying(w.VOIDED), afterVoid({ status: "voided" }));
        return;
      case "ship":
        if (shipment === w.IMPOSSIBLE) answer(state, afterShip({ status: "impossible" }));
        else answer(set(state, w.SHIPPING, w.ACCEPTED), afterShip({ status: "accepted" }));
        if (shipment === w.NO_SHIPMENT) {
          const after = this.rules.remembersImpossible ? set(state, w.SHIPPING, w.IMPOSSIBLE) : state;
          answer(after, afterShip({ status: "impossible" }));
        }
        return;
      case "refund":
        answer(payment === w.CAPTURED ? paying(w.REFUNDED) : state, afterRefund({ status: "refunded" }));
    }
  }

  private lateCalls(state: State, emit: Emit): void {
    for (const call of w.CALLS) {
      if ((state[w.LATE]! & bit(call)) === 0) continue;
      const arrived = set(state, w.LATE, state[w.LATE]! & ~bit(call));
      emit(arrived, true, () => `a late "${call}" is lost`);
      this.call(arrived, call, (next) => emit(next, true, () => `a late "${call}" takes effect`));
    }
  }

  private writeStatus(state: State, region: number, epoch: number, status: OrderStatus): boolean {
    const own = w.item(state[region * R + w.OWN]!, region);
    // The execution read the item under its own epoch; the condition of the write says so.
    if (own === undefined || own.epoch !== epoch || !mayBecome(own.status, status)) return false;
    return this.apply(state, region, advance(own, status, NOW));
  }

  private apply(state: State, region: number, { item, condition }: Write<ModelItem>): boolean {
    if (!holds(condition, w.item(state[region * R + w.OWN]!, region))) return false;
    this.write(state, region, w.byteOf({ ...item, version: 0 }));
    return true;
  }

  /** The item that a decision writes, as a byte: 0 if it writes none, or none that its condition and the model have room for. */
  private decide(
    decision: Decision,
    state: State,
    region: number,
    take: (partition: Partition<ModelItem>) => Write<ModelItem> | undefined,
  ): number {
    const own = state[region * R + w.OWN]!;
    const foreign = state[(1 - region) * R + w.COPY]!;
    const cancelled = (state[region * R + w.FLAGS]! & (w.CANCEL | w.CANCEL_COPY)) !== 0;
    const key =
      (((((DECISIONS.indexOf(decision) << 8) | own) << 8) | foreign) << 2) | (region << 1) | Number(cancelled);
    let byte = this.decisions.get(key);
    if (byte === undefined) {
      const write = take(w.partitionIn(state, region));
      const isWritten = write && write.item.epoch <= w.MAX_EPOCH && holds(write.condition, w.item(own, region));
      byte = isWritten ? w.byteOf({ ...write.item, version: 0 }) : 0;
      this.decisions.set(key, byte);
    }
    return byte;
  }

  private write(state: State, region: number, byte: number): void {
    const before = state[region * R + w.OWN]!;
    state[region * R + w.OWN] = byte;
    state[region * R + w.FLAGS]! &= ~w.PARKED;
    const status = w.statusOf(byte);
    if (status !== "SUPERSEDED" && isDecided(status)) state[w.EVER]! |= status === "CANCELLED" ? 1 : 2;
    if (w.epochOf(byte) !== w.epochOf(before) && status !== "SUPERSEDED") {
      state[region * R + w.TO_START]! |= 1 << w.epochOf(byte);
    }
  }
}

/** Decisions that depend on nothing but both items, the wish to cancel and the Region. */
const DECISIONS = ["take over", "take over from a stale copy", "supersede", "release", "sweep", "park"] as const;
type Decision = (typeof DECISIONS)[number];

const RESTARTED_OFTEN = Array.from({ length: MAX_RESTARTS + 1 }, () => ({
  status: "PLACED" as const,
  at: NOW.at,
  region: "",
  epoch: 1,
}));

const withOwn = (partition: Partition<ModelItem>, region: string, more: object): Partition<ModelItem> => ({
  ...partition,
  orders: partition.orders.map((each) => (each.region === region ? { ...each, ...more } : each)),
});

/** Places where a step that was interrupted may begin again. */
const STEP_BEGINS: Record<Place, readonly Place[]> = {
  none: [],
  check: [],
  "check captured": ["check"],
  "check impossible": ["check captured"],
  "check unpaid": ["check"],
  authorize: ["check"],
  capture: ["check"],
  void: ["check", "check unpaid"],
  ship: ["check", "check captured"],
  refund: ["check captured", "check impossible"],
  track: ["check"],
  "write PAID": ["check"],
  "write SHIPPING": ["check captured"],
  "write SHIPPED": ["check"],
  "write DELIVERED": ["check"],
  // Void and Capture begin here again. A refund does not: its payment provider answers a capture as it answers a void.
  "write CANCELLED": ["check", "check unpaid"],
};

const KNOWN: Partial<Record<Place, StepKnowledge>> = {
  "check captured": { captured: true },
  "check impossible": { captured: true, impossible: true },
  "check unpaid": { unpaid: true },
};

function placeAfter(outcome: Outcome): Place {
  if (outcome.kind === "write") return `write ${outcome.status}` as Place;
  if (outcome.kind === "wait") return "check";
  const { known } = outcome;
  return known.impossible ? "check impossible" : known.captured ? "check captured" : "check unpaid";
}

/** Takes over any open item of the peer Region, effective or not. */
function takeOverAnyOpen(partition: Partition<ModelItem>, region: number): Write<ModelItem> | undefined {
  const foreign = partition.orders.find((each) => each.region !== w.REGIONS[region]);
  const own = partition.orders.find((each) => each.region === w.REGIONS[region]);
  if (foreign === undefined || !isOpen(foreign.status)) return undefined;
  const epoch = Math.max(foreign.epoch, own?.epoch ?? 0) + 1;
  return {
    item: { ...foreign, region: w.REGIONS[region]!, epoch },
    condition: own ? { absent: false, epoch: own.epoch, version: 0, statuses: [own.status] } : { absent: true },
    deleteCard: false,
  };
}

const execution = (epoch: number, at: Place): number => (epoch << 4) | w.place(at);
const bit = (call: Call): number => 1 << w.CALLS.indexOf(call);

const isUp = (state: State, region: number): boolean => (state[region * R + w.FLAGS]! & w.DOWN) === 0;

/** Bits of the calls of executions in Regions that are up. */
export function callsUnderWay(state: State): number {
  let bits = 0;
  for (const region of [0, 1]) {
    if (!isUp(state, region)) continue;
    bits |= CALL_BIT[state[region * R + w.EXECUTION]! & 15]! | CALL_BIT[state[region * R + w.OLD_EXECUTION]! & 15]!;
  }
  return bits;
}

const callsOf = (state: State, region: number): Call[] =>
  [w.EXECUTION, w.OLD_EXECUTION].flatMap((slot) => callAt(state[region * R + slot]!) ?? []);

const CALL_AT = w.PLACES.map((at) => w.CALLS.find((call) => call === at));
const CALL_BIT = CALL_AT.map((call) => (call === undefined ? 0 : bit(call)));
const callAt = (running: number): Call | undefined => CALL_AT[running & 15];

/** States that are lent to an `Emit`: more than are in use at a time. */
const LENT = Array.from({ length: 32 }, () => new Uint8Array(w.STATE_SIZE));
let lent = 0;

function copyOf(state: State): State {
  lent = (lent + 1) % LENT.length;
  const copy = LENT[lent]!;
  // `set` takes longer for so few bytes.
  for (let at = 0; at < w.STATE_SIZE; at++) copy[at] = state[at]!;
  return copy;
}

function set(state: State, offset: number, value: number): State {
  const next = copyOf(state);
  next[offset] = value;
  return next;
}
const change = (state: State, region: number, offset: number, value: number): State =>
  set(state, region * R + offset, value);
const spend = (state: State, budget: number): State => set(state, budget, state[budget]! - 1);
const late = (state: State, call: Call): State => set(state, w.LATE, state[w.LATE]! | bit(call));

export function describe(byte: number): string {
  return byte === 0 ? "none" : `${w.statusOf(byte)} (epoch ${w.epochOf(byte)}, age ${byte >> 6})`;
}
