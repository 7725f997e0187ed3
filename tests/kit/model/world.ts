import { type Outranks, outranks } from "../../../domain/order/effective";
import type { Partition, Versioned } from "../../../domain/order/items";
import { ORDER_STATUSES, type OrderStatus } from "../../../domain/order/status";

/**
 * The state of the model: one order, two Regions, what has been replicated, the outside systems, and how much trouble
 * is still to come. Small numbers in a fixed array, so that millions of states fit into memory.
 *
 * An item is one byte: status + 1 (3 bits), epoch (3 bits), age (2 bits: when it was placed); 0 is no item.
 */
export type State = Uint8Array;

/** Offsets of what each Region has; Region 1's follow after `REGION_SIZE` bytes. */
export const OWN = 0;
/** The peer Region's copy of our item. */
export const COPY = 1;
/** An execution: epoch and place in the workflow. */
export const EXECUTION = 2;
/** An earlier execution that has not noticed yet. */
export const OLD_EXECUTION = 3;
/** The epochs whose stream record waits for the dispatcher, as bits. */
export const TO_START = 4;
export const FLAGS = 5;
export const REGION_SIZE = 6;

/** Offsets of what the Regions share. */
export const PAYMENT = 12;
export const SHIPPING = 13;
/** Calls whose caller gave up and that may still take effect, as bits of `Call`. */
export const LATE = 14;
/** Contradictory statuses that were ever written, as bits: 1 = CANCELLED, 2 = SHIPPING or later. */
export const EVER = 15;
/** Remaining budget of each kind of trouble. */
export const KILLS = 16;
export const FALSE_TAKEOVERS = 17;
export const LOST_CALLS = 18;
export const DEATHS = 19;
export const CANCELS = 20;
export const STALE_TAKEOVERS = 21;
export const WRONG_SWEEPS = 22;
export const RETRIES = 23;
export const STATE_SIZE = 24;

export const DOWN = 1;
export const SUBMITTED = 2;
export const CANCEL = 4;
/** The other Region's wish to cancel has arrived here. */
export const CANCEL_COPY = 8;
export const SEEN_SHIPPING = 16;
export const SEEN_CANCELLED = 32;
/** The own item is parked after too many restarts. */
export const PARKED = 64;
export const SEEN_DELIVERED = 128;

export const NO_PAYMENT = 0;
export const AUTHORIZED = 1;
export const CAPTURED = 2;
export const VOIDED = 3;
export const REFUNDED = 4;

export const NO_SHIPMENT = 0;
export const ACCEPTED = 1;
export const IMPOSSIBLE = 2;

/** Places of an execution. At the first four it has read nothing since the last answer. */
export const PLACES = [
  "none",
  "check",
  "check captured",
  "check impossible",
  "check unpaid",
  "authorize",
  "capture",
  "void",
  "ship",
  "refund",
  "track",
  "write PAID",
  "write SHIPPING",
  "write SHIPPED",
  "write DELIVERED",
  "write CANCELLED",
] as const;
export type Place = (typeof PLACES)[number];
export const place = (name: Place): number => PLACES.indexOf(name);

export const CALLS = ["authorize", "capture", "void", "ship", "refund"] as const;
export type Call = (typeof CALLS)[number];

export const REGIONS = ["east", "west"] as const;
export const MAX_EPOCH = 7;

/** The domain's items with just what its decisions read. The version is left out: then more writes succeed, not fewer. */
export type ModelItem = Versioned;

const AGES = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z", "2026-01-01T00:00:03Z"] as const;
const ITEMS: (ModelItem | undefined)[] = [];

/** The item that a byte stands for; the same object each time. */
export function item(byte: number, region: number): ModelItem | undefined {
  if (byte === 0) return undefined;
  const key = byte * 2 + region;
  ITEMS[key] ??= {
    region: REGIONS[region]!,
    status: ORDER_STATUSES[(byte & 7) - 1]!,
    epoch: (byte >> 3) & 7,
    createdAt: AGES[byte >> 6]!,
    version: 0,
  };
  return ITEMS[key];
}

export function byteOf({ status, epoch, createdAt }: ModelItem): number {
  return (ORDER_STATUSES.indexOf(status) + 1) | (epoch << 3) | (AGES.indexOf(createdAt as (typeof AGES)[number]) << 6);
}

export const placedAt = (age: number, epoch = 1): number => 1 | (epoch << 3) | (age << 6);
export const statusOf = (byte: number): OrderStatus => ORDER_STATUSES[(byte & 7) - 1]!;
export const epochOf = (byte: number): number => (byte >> 3) & 7;

/** Result of a strongly consistent query of the order's partition in a Region. */
export function partitionIn(state: State, region: number): Partition<ModelItem> {
  const own = item(state[region * REGION_SIZE + OWN]!, region);
  const foreign = item(state[(1 - region) * REGION_SIZE + COPY]!, 1 - region);
  const flags = state[region * REGION_SIZE + FLAGS]!;
  return {
    orders: [own, foreign].filter((each) => each !== undefined),
    cancelWished: (flags & (CANCEL | CANCEL_COPY)) !== 0,
  };
}

/** Rules that hold. A test omits one and shows the violated invariant. */
export interface Rules {
  /** Rule 1. */
  ranking: Outranks;
  /** Rule 4 looks at the other Region's item before each step. */
  checksForeign: boolean;
  /** Rule 10 takes over only the effective item. */
  takesOverEffectiveOnly: boolean;
  /** Rule 12. */
  sweeps: boolean;
  /** An operator releases parked orders. */
  releases: boolean;
  /** The shipping system remembers "impossible". */
  remembersImpossible: boolean;
  /** A void of what was never authorized refuses a later authorize. */
  voidLasts: boolean;
  /** The payment provider arbitrates: capture and void exclude each other. Free orders need it as much as others. */
  arbitrates: boolean;
}

export const ALL_RULES: Rules = {
  ranking: outranks,
  checksForeign: true,
  takesOverEffectiveOnly: true,
  sweeps: true,
  releases: true,
  remembersImpossible: true,
  voidLasts: true,
  arbitrates: true,
};

/** Budget of each kind of trouble. */
export interface Trouble {
  /** Regions that go down, for a while or for good. */
  kills: number;
  /** Takeovers although the other Region is well: a wrong detection, or an operator's mistake. */
  falseTakeovers: number;
  /** Calls given up by their caller that are still on their way. */
  lostCalls: number;
  /** Executions that end without finishing. */
  deaths: number;
  cancels: number;
  /** Takeovers that read the other Region's item long before they write. */
  staleTakeovers: number;
  /** Sweeps of an order whose execution runs. */
  wrongSweeps: number;
  /** Steps whose function ends before they are done, and that the workflow runs again. */
  retries: number;
  /** The customer's browser repeats the order in the other Region. */
  resubmits: boolean;
}

export function initialState(trouble: Trouble): State {
  const state = new Uint8Array(STATE_SIZE);
  state[KILLS] = trouble.kills;
  state[FALSE_TAKEOVERS] = trouble.falseTakeovers;
  state[LOST_CALLS] = trouble.lostCalls;
  state[DEATHS] = trouble.deaths;
  state[CANCELS] = trouble.cancels;
  state[STALE_TAKEOVERS] = trouble.staleTakeovers;
  state[WRONG_SWEEPS] = trouble.wrongSweeps;
  state[RETRIES] = trouble.retries;
  return state;
}
