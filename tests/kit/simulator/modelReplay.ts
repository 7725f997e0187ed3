import type { OrderItem } from "../../../domain/order";
import { type ByteChange, PossibilityTracker, type PossibleStates } from "../model/possibleStates";
import { describe } from "../model/transitions";
import * as model from "../model/world";
import { REGIONS, TABLES } from "./program";
import type { Providers } from "./providers";
import type { Change, Tables } from "./tables";
import type { World } from "./world";

const R = model.REGION_SIZE;

/** Shared by all schedules of a process: what the model allows is computed once. */
let tracker = new PossibilityTracker(model.ALL_RULES);

/** Sets aside what the model allows, because a rule that it shares with the product is changed. Returns what brings it back. */
export function setModelAside(): () => void {
  const kept = tracker;
  tracker = new PossibilityTracker(model.ALL_RULES);
  return () => {
    tracker = kept;
  };
}

const PAYMENT_STATES: Readonly<Record<string, number>> = {
  authorized: model.AUTHORIZED,
  captured: model.CAPTURED,
  voided: model.VOIDED,
  refunded: model.REFUNDED,
};

interface Followed {
  states: PossibleStates;
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
    if (tracker.isFull) tracker = new PossibilityTracker(model.ALL_RULES);
    tables.onChange((change) => this.onChange(change));
    world.onCondition((region, isUp) => this.onCondition(region, isUp));
  }

  /** To be called after each change of a provider's record. */
  onProvider(orderId: string, isByItself: boolean): void {
    const payment = PAYMENT_STATES[this.providers.payments.get(orderId)?.status ?? ""] ?? model.NO_PAYMENT;
    if (payment !== (this.payments.get(orderId) ?? model.NO_PAYMENT)) {
      this.payments.set(orderId, payment);
      if (isByItself) this.force(orderId, becomes(model.PAYMENT, payment));
      else this.follow(orderId, model.PAYMENT, payment, () => `payment ${payment}`);
    }
    const status = this.providers.shipments.get(orderId)?.status;
    const shipment = status === undefined ? 0 : status === "impossible" ? model.IMPOSSIBLE : model.ACCEPTED;
    if (shipment !== (this.shipments.get(orderId) ?? model.NO_SHIPMENT)) {
      this.shipments.set(orderId, shipment);
      this.follow(orderId, model.SHIPPING, shipment, () => `shipment ${shipment}`);
    }
  }

  private onCondition(region: string, isUp: boolean): void {
    const offset = regionIndex(region) * R + model.FLAGS;
    for (const orderId of this.orders.keys()) {
      this.force(orderId, { offset, clear: model.DOWN, set: isUp ? 0 : model.DOWN });
    }
  }

  private onChange({ table, region, origin, before, after }: Change): void {
    if (table !== TABLES.orders || after === undefined) return;
    const orderId = String(after["orderId"]);
    const at = regionIndex(region);
    if (after["kind"] === "cancel") {
      const flag = region === origin ? model.CANCEL : model.CANCEL_COPY;
      this.force(orderId, adds(at * R + model.FLAGS, flag));
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
      followed.readBefore[at].unshift(...tracker.valuesOf(followed.states, (1 - at) * R + model.COPY));
      followed.readBefore[at].length = Math.min(followed.readBefore[at].length, 4);
      this.force(orderId, becomes((1 - at) * R + model.COPY, byte));
    } else if (before === undefined && item.epoch === 1 && item.version === 1) {
      this.force(orderId, becomes(at * R + model.OWN, byte));
      this.force(orderId, adds(at * R + model.FLAGS, model.SUBMITTED));
      this.force(orderId, adds(at * R + model.TO_START, 1 << 1));
    } else if (before !== undefined && this.byteOf(before as unknown as OrderItem, followed) === byte) {
      // A postponed deadline: nothing that the model knows.
    } else {
      this.follow(orderId, at * R + model.OWN, byte, () => `${region} writes ${describe(byte)}`);
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
      followed = { states: tracker.only(state), readBefore: [[], []], createdAt: [] };
      this.orders.set(orderId, followed);
    }
    return followed;
  }

  /** Something other than the store's functions changes a byte of every state. What functions may have done before is taken along. */
  private force(orderId: string, change: ByteChange): void {
    const followed = this.followed(orderId);
    if (!followed) return;
    const next = tracker.force(followed.states, change);
    if (next === "too many") this.abandon(orderId);
    else followed.states = next;
  }

  /** A function has done something: only the states in which the model does the same remain. */
  private follow(orderId: string, offset: number, byte: number, describeStep: () => string): void {
    const followed = this.followed(orderId);
    if (!followed) return;
    this.steps += 1;
    let next = tracker.see(followed.states, offset, byte);
    if (next === "impossible" && offset < model.PAYMENT) {
      // A takeover, a sweep or a superseding may rest on the peer's item as it was read a moment ago.
      const at = offset < R ? 0 : 1;
      const peersCopy = (1 - at) * R + model.COPY;
      next = tracker.seeAfterReading(followed.states, [offset, byte], peersCopy, followed.readBefore[at]);
    }
    if (next === "too many" || (next === "impossible" && this.isCrowded(orderId))) {
      this.abandon(orderId);
    } else if (next === "impossible") {
      const { states } = followed.states;
      const step = describeStep().replace(/us-(east|west)-\d/, "$1");
      this.world.violate(`the model allows each step of the code (${step})`);
      this.world.tell(`  the model: ${states.length} states, such as ${explain(tracker.exampleOf(followed.states))}`);
      this.abandon(orderId);
    } else followed.states = next;
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

const becomes = (offset: number, set: number): ByteChange => ({ offset, clear: 255, set });
const adds = (offset: number, set: number): ByteChange => ({ offset, clear: 0, set });

function explain(state: model.State): string {
  const region = (index: number) => {
    const of = (offset: number) => state[index * R + offset]!;
    const execution = (byte: number) => (byte === 0 ? "none" : `${model.PLACES[byte & 15]} of epoch ${byte >> 4}`);
    return `${model.REGIONS[index]}: ${describe(of(model.OWN))}, peer has ${describe(of(model.COPY))}, executions ${execution(of(model.EXECUTION))} and ${execution(of(model.OLD_EXECUTION))}, flags ${of(model.FLAGS)}`;
  };
  return `${region(0)}; ${region(1)}; payment ${state[model.PAYMENT]}, shipment ${state[model.SHIPPING]}, late ${state[model.LATE]}`;
}
