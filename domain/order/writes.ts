import type { Units } from "../stock";
import { DEFAULT_DEADLINES, type Deadlines, MAX_RESTARTS, nextSweepAt, PARKED_SWEEP_AT, sweepAt } from "./deadlines";
import { effectiveItem, type Outranks, outranks } from "./effective";
import { type Hold, ownItem, type Partition, type Standing, type Versioned } from "./items";
import { openIn } from "./openIn";
import {
  isCancelled,
  isCustomerStatus,
  isDecided,
  isFinal,
  isOpen,
  mayBecome,
  ORDER_STATUS_RULES,
  type OrderStatus,
  statusesBefore,
} from "./status";

/** Condition on the own item at the moment of the write. */
export type Condition =
  | { absent: true }
  | { absent: false; epoch: number; version: number; statuses: readonly OrderStatus[] };

/** A write as plain data: the new item, and the condition under which it is written. Every write of an order item is one of these. */
export interface Write<Item extends Versioned> {
  item: Item;
  condition: Condition;
  /** Delete the own card item in the same transaction: the card is authorized, or will never be. */
  deleteCard: boolean;
  /** Copy this Region's card item, if it has arrived here, in the same transaction. */
  copyCardOf?: string;
  /** Give these units back to the own shares in the same transaction. */
  returns?: readonly Units[];
}

/** Attributes that some writes add; the model's items do without them. */
interface Bookkeeping {
  orderId?: string;
  openIn?: string;
  sweepAt?: string;
  updatedAt?: string;
  history?: { status: OrderStatus; at: string; region: string; epoch: number }[];
  hold?: Hold;
  heldIn?: string;
}

/** When a write happens, and how long the sweeper leaves the item alone afterwards. */
export interface Moment {
  /** ISO 8601 UTC. */
  at: string;
  deadlines?: Deadlines;
}

/**
 * Rules 5 to 8: the own item with its next status. Throws if the table of statuses has no such transition: only a mistake in
 * the program can cause that.
 *
 * @example
 * await store.write(advance(own, "PAID", { at: now }, { payment: { ...own.payment, reference: "ch_1" } }));
 */
export function advance<Item extends Versioned & Bookkeeping>(
  own: Item,
  status: OrderStatus,
  moment: Moment,
  changes: Partial<Item> = {},
): Write<Item> {
  if (!mayBecome(own.status, status)) throw new Error(`An order that is ${own.status} can't become ${status}.`);
  const item = withBookkeeping({ ...own, ...changes, status, version: own.version + 1 }, moment);
  const kept = item.sweepAt !== undefined && { sweepAt: nextSweepAt(own, status, moment.at, moment.deadlines) };
  return {
    item: { ...item, ...kept },
    condition: { absent: false, epoch: own.epoch, version: own.version, statuses: statusesBefore(status) },
    deleteCard: ORDER_STATUS_RULES[status].card === "deleted",
  };
}

/** Rules 4 and 9: supersedes the own item; the peer Region's item is the effective one. */
export function supersede<Item extends Versioned & Bookkeeping>(own: Item, moment: Moment): Write<Item> {
  return advance(own, "SUPERSEDED", moment);
}

/**
 * Rule 9: decides the write when the peer Region's record has arrived. A finished own item is superseded too,
 * so that in the end both Regions have the same effective item.
 */
export function onForeignRecord<Item extends Versioned & Bookkeeping>(
  partition: Partition<Item>,
  region: string,
  moment: Moment,
  ranking: Outranks = outranks,
): Write<Item> | undefined {
  const own = ownItem(partition, region);
  if (own === undefined || !isCustomerStatus(own.status)) return undefined;
  return partition.orders.some((other) => other !== own && ranking(other, own)) ? supersede(own, moment) : undefined;
}

/**
 * True if a change of the peer Region's item may decide about the own one (rules 9 and 15): it is new, or what `outranks` and `mayReturn`
 * compare has changed, or it is or was final, so that an order is looked at once more at its end. All other changes need no read.
 */
export function mayDecide(before: (Standing & Bookkeeping) | undefined, after: Standing & Bookkeeping): boolean {
  if (before === undefined || isFinal(before.status) || isFinal(after.status)) return true;
  return (
    before.epoch !== after.epoch ||
    before.createdAt !== after.createdAt ||
    before.heldIn !== after.heldIn ||
    isDecided(before.status) !== isDecided(after.status) ||
    isCancelled(before.status) !== isCancelled(after.status) ||
    isCustomerStatus(before.status) !== isCustomerStatus(after.status)
  );
}

/**
 * Rule 10: takes an unfinished order over from the Region with the effective item. Nothing to do (`undefined`) if the
 * order is finished, or ours already.
 *
 * The condition is the own item as it was read: another writer in between wins, and the caller reads again.
 */
export function takeOver<Item extends Versioned & Bookkeeping>(
  partition: Partition<Item>,
  region: string,
  moment: Moment,
  ranking: Outranks = outranks,
): Write<Item> | undefined {
  const effective = effectiveItem(partition.orders, ranking);
  if (effective === undefined || effective.region === region || !isOpen(effective.status)) return undefined;
  return restart(partition, effective, region, moment);
}

/** The sweeper's decision about an item of its own Region whose deadline has passed. */
export type Sweep<Item extends Versioned> =
  | { kind: "nothing" }
  | { kind: "supersede" | "restart" | "park" | "postpone"; write: Write<Item> };

/**
 * Rule 12: restarts an own, open, effective item without a running execution under the next epoch, as in a takeover. A wrong sweep is
 * harmless: the old execution finds the epoch changed and ends.
 *
 * After `MAX_RESTARTS` restarts without a change of status the item is parked: it keeps its status, because the state of the
 * payment is unknown, and is not swept again until an operator releases it, a Region takes it over or an execution writes it.
 *
 * @param running true if the execution of the own item's epoch runs; then the sweeper checks again after the next deadline.
 */
export function sweep<Item extends Versioned & Bookkeeping>(
  partition: Partition<Item>,
  region: string,
  running: boolean,
  moment: Moment,
  ranking: Outranks = outranks,
): Sweep<Item> {
  const own = ownItem(partition, region);
  if (own === undefined || !isOpen(own.status)) return { kind: "nothing" };
  if (effectiveItem(partition.orders, ranking) !== own) return { kind: "supersede", write: supersede(own, moment) };
  if (running) return { kind: "postpone", write: sweepLater(own, sweepAt(own.status, moment.at, moment.deadlines)) };
  if (isParked(own)) return { kind: "nothing" };
  if (countRestarts(own) >= MAX_RESTARTS) return { kind: "park", write: sweepLater(own, PARKED_SWEEP_AT) };
  return { kind: "restart", write: restart(partition, own, region, moment) };
}

/** Rule 12: restarts a parked item because an operator releases it; `undefined` for every other item. */
export function release<Item extends Versioned & Bookkeeping>(
  partition: Partition<Item>,
  region: string,
  moment: Moment,
  ranking: Outranks = outranks,
): Write<Item> | undefined {
  const own = ownItem(partition, region);
  if (own === undefined || !isParked(own) || effectiveItem(partition.orders, ranking) !== own) return undefined;
  return restart(partition, own, region, moment);
}

const isParked = ({ sweepAt }: Bookkeeping): boolean => sweepAt === PARKED_SWEEP_AT;

/** Counts the item's restarts since its last change of status. A takeover begins a new count. */
function countRestarts({ history = [] }: Bookkeeping): number {
  const last = history.at(-1);
  const before = history.findLastIndex(({ status, region }) => status !== last?.status || region !== last.region);
  return history.length - before - 2;
}

/** The own item unchanged, but for the time of the next sweep. */
function sweepLater<Item extends Versioned & Bookkeeping>(own: Item, at: string): Write<Item> {
  const item = { ...own, version: own.version + 1, sweepAt: at };
  return { item, condition: unchanged(own), deleteCard: false };
}

/** True if a write may happen, given the current own item. The table evaluates the same as a condition expression. */
export function holds(condition: Condition, current: Versioned | undefined): boolean {
  if (condition.absent) return current === undefined;
  return (
    current !== undefined &&
    current.epoch === condition.epoch &&
    current.version === condition.version &&
    condition.statuses.includes(current.status)
  );
}

/**
 * Rule 15: returns the units that this Region holds for the order, once the order is cancelled for good or is served from
 * another Region's hold (it was placed in both). `undefined` if there is nothing to return, or not yet.
 *
 * Decided statuses are never undone, so the hold that the order is served from does not change any more.
 */
export function returnHold<Item extends Versioned & Bookkeeping>(
  partition: Partition<Item>,
  region: string,
  ranking: Outranks = outranks,
): Write<Item> | undefined {
  const own = ownItem(partition, region);
  const effective = effectiveItem(partition.orders, ranking);
  if (own === undefined || effective === undefined || !mayReturn(own, effective)) return undefined;
  const hold: Hold = { ...own.hold!, returned: true };
  const item = { ...own, hold, version: own.version + 1 };
  return { item, condition: unchanged(own), deleteCard: false, returns: hold.units };
}

/** True if an item's hold is to be returned when `effective` speaks for the order. */
export function mayReturn(
  own: Pick<Standing & Bookkeeping, "region" | "hold">,
  effective: Pick<Standing & Bookkeeping, "status" | "heldIn">,
): boolean {
  if (own.hold === undefined || own.hold.returned || !isDecided(effective.status)) return false;
  return isCancelled(effective.status) || effective.heldIn !== own.region;
}

/** Builds the own item under the partition's next epoch, with the content of `source`. */
function restart<Item extends Versioned & Bookkeeping>(
  partition: Partition<Item>,
  source: Item,
  region: string,
  moment: Moment,
): Write<Item> {
  const own = ownItem(partition, region);
  const epoch = Math.max(...partition.orders.map((item) => item.epoch)) + 1;
  const { hold: _ofSource, ...copied } = source;
  const hold = own?.hold === undefined ? {} : { hold: own.hold };
  return {
    item: withBookkeeping({ ...copied, ...hold, region, epoch, version: (own?.version ?? 0) + 1 } as Item, moment),
    condition: own === undefined ? { absent: true } : unchanged(own),
    deleteCard: false,
    ...(source.region !== region && ORDER_STATUS_RULES[source.status].card === "needed"
      ? { copyCardOf: source.region }
      : {}),
  };
}

/** Sets the attributes that follow from the status: key in the index of open orders, deadline and history. */
export function withBookkeeping<Item extends Standing & Bookkeeping>(item: Item, { at, deadlines }: Moment): Item {
  const { openIn: _openIn, sweepAt: _sweepAt, ...kept } = item;
  const open =
    item.orderId !== undefined && isOpen(item.status)
      ? { openIn: openIn(item.region, item.orderId), sweepAt: sweepAt(item.status, at, deadlines ?? DEFAULT_DEADLINES) }
      : {};
  const entry = { status: item.status, at, region: item.region, epoch: item.epoch };
  const history = item.history ? { history: [...item.history, entry] } : {};
  return { ...kept, ...open, ...history, ...(item.updatedAt === undefined ? {} : { updatedAt: at }) } as Item;
}

const unchanged = (own: Versioned): Condition => ({
  absent: false,
  epoch: own.epoch,
  version: own.version,
  statuses: [own.status],
});
