import type { OrderItem } from "../../../domain/order";
import { describe, Transitions } from "../model/transitions";
import * as model from "../model/world";
import { REGIONS, TABLES } from "./program";
import type { Providers } from "./providers";
import type { Change, Tables } from "./tables";
import type { World } from "./world";

/** A state of the model as a text, so that sets of them are cheap. */
type Key = string;

/** States that functions lead to from a state, in steps that can be observed and in others. */
interface Successors {
  hidden: Key[];
  /** By what changes: `own0=17`, `payment=2`. */
  visible: Map<string, Key[]>;
}

const R = model.REGION_SIZE;
/** Each kind of trouble may always strike once more. */
const ENDLESS = 3;
const transitions = new Transitions(model.ALL_RULES, {
  kills: 0,
  falseTakeovers: ENDLESS,
  lostCalls: ENDLESS,
  deaths: ENDLESS,
  cancels: 0,
  staleTakeovers: ENDLESS,
  wrongSweeps: ENDLESS,
  retries: ENDLESS,
  resubmits: true,
});

/** Shared by all schedules of a process: the same few thousand states come again and again. */
const known = new Map<Key, Successors>();
const MOST_KNOWN = 400_000;

/** Forgets what the model allows: the rules it shares with the product have changed. */
export const forgetModel = (): void => known.clear();

/** More states than this say little about where the code is; the order is not followed any further. */
const MOST_STATES = 20_000;

const PAYMENT_STATES: Readonly<Record<string, number>> = {
  authorized: model.AUTHORIZED,
  captured: model.CAPTURED,
  voided: model.VOIDED,
  refunded: model.REFUNDED,
};

interface Followed {
  /** All states that the model may be in, as far as can be seen from outside. */
  states: Set<Key>;
  /** Copies that a Region had of its peer's item before, newest first, by Region: a function may act on what it read. */
  readBefore: [number[], number[]];
  /** Creation times, the first one first. */
  createdAt: string[];
}

/**
 * Replays an order's schedule in the model of `tests/kit/model`: each write of an item and each change of a provider's record must
 * be a step that the model allows in some state that fits all that was seen before.
 */
export class ModelReplay {
  /** Steps that were compared. */
  steps = 0;
  /** Orders that left the model's bounds: more epochs or executions than it has room for. */
  beyond = 0;
  private readonly orders = new Map<string, Followed>();
  private readonly abandoned = new Set<string>();
  private readonly payments = new Map<string, number>();
  private readonly shipments = new Map<string, number>();

  constructor(
    private readonly world: World,
    tables: Tables,
    private readonly providers: Providers,
  ) {
    tables.onChange((change) => this.onChange(change));
    world.onCondition((region, isUp) => this.onCondition(region, isUp));
  }

  /** To be called after each change of a provider's record. */
  onProvider(orderId: string, isByItself: boolean): void {
    const payment = PAYMENT_STATES[this.providers.payments.get(orderId)?.status ?? ""] ?? model.NO_PAYMENT;
    if (payment !== (this.payments.get(orderId) ?? model.NO_PAYMENT)) {
      this.payments.set(orderId, payment);
      if (isByItself) this.force(orderId, model.PAYMENT, () => payment);
      else this.follow(orderId, `payment=${payment}`, () => `payment ${payment}`);
    }
    const status = this.providers.shipments.get(orderId)?.status;
    const shipment = status === undefined ? 0 : status === "impossible" ? model.IMPOSSIBLE : model.ACCEPTED;
    if (shipment !== (this.shipments.get(orderId) ?? model.NO_SHIPMENT)) {
      this.shipments.set(orderId, shipment);
      this.follow(orderId, `shipping=${shipment}`, () => `shipment ${shipment}`);
    }
  }

  private onCondition(region: string, isUp: boolean): void {
    const offset = regionIndex(region) * R + model.FLAGS;
    for (const orderId of this.orders.keys()) {
      this.force(orderId, offset, (flags) => (isUp ? flags & ~model.DOWN : flags | model.DOWN));
    }
  }

  private onChange({ table, region, origin, before, after }: Change): void {
    if (table !== TABLES.orders || after === undefined) return;
    const orderId = String(after["orderId"]);
    const at = regionIndex(region);
    if (after["kind"] === "cancel") {
      const flag = region === origin ? model.CANCEL : model.CANCEL_COPY;
      this.force(orderId, at * R + model.FLAGS, (flags) => flags | flag);
      return;
    }
    if (after["kind"] !== "order") return;
    const item = after as unknown as OrderItem;
    const followed = this.followed(orderId);
    if (!followed) return;
    if (item.epoch >= model.MAX_EPOCH) {
      this.abandon(orderId);
      return;
    }
    const byte = this.byteOf(item, followed);
    if (region !== origin) {
      followed.readBefore[at].unshift(
        ...new Set([...followed.states].map((key) => key.charCodeAt((1 - at) * R + model.COPY))),
      );
      followed.readBefore[at].length = Math.min(followed.readBefore[at].length, 4);
      this.force(orderId, (1 - at) * R + model.COPY, () => byte);
    } else if (before === undefined && item.epoch === 1 && item.version === 1) {
      this.force(orderId, at * R + model.OWN, () => byte);
      this.force(orderId, at * R + model.FLAGS, (flags) => flags | model.SUBMITTED);
      this.force(orderId, at * R + model.TO_START, (epochs) => epochs | (1 << 1));
    } else if (before !== undefined && this.byteOf(before as unknown as OrderItem, followed) === byte) {
      // A postponed deadline: nothing that the model knows.
    } else {
      this.follow(orderId, `own${at}=${byte}`, () => `${region} writes ${describe(byte)}`);
    }
  }

  private byteOf(item: OrderItem, { createdAt }: Followed): number {
    if (!createdAt.includes(item.createdAt)) createdAt.push(item.createdAt);
    const [first] = createdAt;
    const age = item.createdAt === first ? 1 : item.createdAt < first! ? 0 : 2;
    return (model.placedAt(age, item.epoch) & ~7) | (STATUS_BYTE[item.status] ?? 0);
  }

  private followed(orderId: string): Followed | undefined {
    if (this.abandoned.has(orderId)) return undefined;
    let followed = this.orders.get(orderId);
    if (!followed) {
      const state = new Uint8Array(model.STATE_SIZE);
      for (const [index, region] of REGIONS.entries()) {
        if (!this.world.isUp(region)) state[index * R + model.FLAGS] = model.DOWN;
      }
      followed = { states: new Set([keyOf(state)]), readBefore: [[], []], createdAt: [] };
      this.orders.set(orderId, followed);
    }
    return followed;
  }

  /** Something from outside the store changes a byte of every state. What functions may have done before is taken along. */
  private force(orderId: string, offset: number, change: (before: number) => number): void {
    const followed = this.followed(orderId);
    if (!followed) return;
    const states = new Set<Key>();
    for (const key of this.reach(orderId, followed.states))
      states.add(withByte(key, offset, change(key.charCodeAt(offset))));
    followed.states = states;
  }

  /** A function has done something: only the states in which the model does the same remain. */
  private follow(orderId: string, seen: string, describeStep: () => string): void {
    const followed = this.followed(orderId);
    if (!followed) return;
    this.steps += 1;
    const reached = this.reach(orderId, followed.states);
    if (this.abandoned.has(orderId)) return;
    let next = new Set<Key>();
    for (const key of reached) for (const state of successorsOf(key).visible.get(seen) ?? []) next.add(state);
    if (next.size === 0) next = this.byEarlierRead(reached, followed, seen);
    if (next.size > 0) {
      followed.states = next;
      return;
    }
    if (this.isCrowded(orderId)) {
      this.abandon(orderId);
      return;
    }
    const [some] = followed.states;
    this.world.violate(`the model allows each step of the code (${describeStep().replace(/us-(east|west)-\d/, "$1")})`);
    this.world.tell(`  the model: ${followed.states.size} states, such as ${some ? explain(some) : "none"}`);
    this.abandon(orderId);
  }

  /** A takeover, a sweep or a superseding may rest on the peer's item as it was read a moment ago. */
  private byEarlierRead(reached: Iterable<Key>, { readBefore }: Followed, seen: string): Set<Key> {
    const next = new Set<Key>();
    const at = seen.startsWith("own1") ? 1 : 0;
    if (!seen.startsWith("own")) return next;
    const copy = (1 - at) * R + model.COPY;
    for (const key of reached) {
      for (const earlier of readBefore[at]) {
        const state = stateOf(key);
        const present = state[copy]!;
        state[copy] = earlier;
        for (const found of successorsOf(keyOf(state)).visible.get(seen) ?? []) {
          const result = stateOf(found);
          result[copy] = present;
          next.add(keyOf(result));
        }
      }
    }
    return next;
  }

  private reach(orderId: string, states: Iterable<Key>): Set<Key> {
    const reached = new Set(states);
    for (const key of reached) {
      for (const next of successorsOf(key).hidden) reached.add(next);
      if (reached.size > MOST_STATES) {
        this.abandon(orderId);
        break;
      }
    }
    return reached;
  }

  /** The model has room for two executions in a Region. */
  private isCrowded(orderId: string): boolean {
    return REGIONS.some((region) => this.world.executionsOf(orderId, region) > 2);
  }

  private abandon(orderId: string): void {
    if (this.abandoned.has(orderId)) return;
    this.abandoned.add(orderId);
    this.orders.delete(orderId);
    this.beyond += 1;
  }
}

const regionIndex = (region: string): 0 | 1 => (region === REGIONS[0] ? 0 : 1);

const STATUS_BYTE = Object.fromEntries(
  Array.from({ length: 7 }, (_, index) => [model.statusOf(index + 1), index + 1]),
) as Record<string, number>;

const withByte = (key: Key, offset: number, byte: number): Key =>
  key.slice(0, offset) + String.fromCharCode(byte) + key.slice(offset + 1);

const keyOf = (state: Uint8Array): Key => {
  // The budgets are endless here, and what was ever written is checked elsewhere.
  state[model.EVER] = 0;
  state.fill(ENDLESS, model.KILLS);
  return Buffer.from(state.buffer, state.byteOffset, state.length).toString("latin1");
};

const stateOf = (key: Key): Uint8Array => new Uint8Array(Buffer.from(key, "latin1"));

function successorsOf(key: Key): Successors {
  const found = known.get(key);
  if (found) return found;
  if (known.size > MOST_KNOWN) known.clear();
  const state = stateOf(key);
  const hidden = new Set<Key>();
  const visible = new Map<string, Key[]>();
  transitions.fromFunctions(state, (next) => {
    const change = changeBetween(state, next);
    const nextKey = keyOf(next.slice());
    if (change === undefined) {
      if (nextKey !== key) hidden.add(nextKey);
    } else visible.set(change, [...(visible.get(change) ?? []), nextKey]);
  });
  const successors = { hidden: [...hidden], visible };
  known.set(key, successors);
  return successors;
}

function changeBetween(before: Uint8Array, after: Uint8Array): string | undefined {
  for (const region of [0, 1]) {
    const offset = region * R + model.OWN;
    if (before[offset] !== after[offset]) return `own${region}=${after[offset]}`;
  }
  if (before[model.PAYMENT] !== after[model.PAYMENT]) return `payment=${after[model.PAYMENT]}`;
  if (before[model.SHIPPING] !== after[model.SHIPPING]) return `shipping=${after[model.SHIPPING]}`;
  return undefined;
}

function explain(key: Key): string {
  const state = stateOf(key);
  const region = (index: number) => {
    const of = (offset: number) => state[index * R + offset]!;
    const execution = (byte: number) => (byte === 0 ? "none" : `${model.PLACES[byte & 15]} of epoch ${byte >> 4}`);
    return `${model.REGIONS[index]}: ${describe(of(model.OWN))}, peer has ${describe(of(model.COPY))}, executions ${execution(of(model.EXECUTION))} and ${execution(of(model.OLD_EXECUTION))}, flags ${of(model.FLAGS)}`;
  };
  return `${region(0)}; ${region(1)}; payment ${state[model.PAYMENT]}, shipment ${state[model.SHIPPING]}, late ${state[model.LATE]}`;
}
