import { type Deadlines, isRefundKey, openKeys, takeOver, takeOverRefund } from "../../../../domain/order";
import type { OpenOrder, OrderStore } from "../orderStore";

export interface TakeOverDeps {
  store: OrderStore;
  /** The Region whose open orders are taken over. */
  from: string;
  deadlines?: Deadlines;
  /** Orders that are taken over at the same time. */
  concurrency: number;
  /** Milliseconds that this run has left. The next run takes over the remaining orders. */
  timeLeftMs: () => number;
  /** Orders that earlier runs have settled; this run adds its own. */
  settled: Settled;
  /** Returns 0 ≤ n < 1, which chooses the first shard: runs at the same time begin at different ones. Default: `Math.random`. */
  random?: () => number;
  onTrouble: (orderId: string, error: unknown) => void;
}

export interface TakeOverResult {
  /** Orders that now have an item of this Region under a new epoch. */
  taken: number;
  /** Orders with nothing to take over: finished, of this Region already, or just taken over by another run. */
  settled: number;
  /** Orders whose read or write failed; the next run tries again. */
  failed: number;
  /** Orders that this run had no time for. */
  remaining: number;
}

/** Time that an order's read and write may take; with less, the run begins no other order. Milliseconds. */
const LEAST_TIME_MS = 8_000;

/** Attempts for an order that other writers change between its read and its write. */
const ATTEMPTS = 3;

/**
 * Applies rule 10 to every open order of a Region: those whose item is effective get an item of this Region under the next
 * epoch, whose stream record starts the workflow here.
 *
 * The lost Region's index entries stay as they are, since no other Region may write its items; so a later run meets them
 * again, and `settled` saves it from reading the orders again. Two runs at the same time, a run that dies at any line, and a takeover
 * from a Region that is not lost are all safe.
 */
export async function takeOverOrders(deps: TakeOverDeps): Promise<TakeOverResult> {
  const { from, random = Math.random } = deps;
  const done: TakeOverResult = { taken: 0, settled: 0, failed: 0, remaining: 0 };
  const keys = openKeys(from);
  const first = Math.floor(random() * keys.length);
  for (const key of [...keys.slice(first), ...keys.slice(0, first)]) await takeOverShard(key, deps, done);
  return done;
}

async function takeOverShard(openIn: string, deps: TakeOverDeps, done: TakeOverResult): Promise<void> {
  const { store, settled, timeLeftMs } = deps;
  if (timeLeftMs() < LEAST_TIME_MS / 2) {
    // The shard is not read. It counts as one remaining order, so that the run is not taken for complete.
    done.remaining += 1;
    return;
  }
  let after: Record<string, unknown> | undefined;
  do {
    const page = await store.open(openIn, { after, limit: 500 });
    const orders = page.orders.filter((order) => !settled.has(order));
    if (timeLeftMs() < LEAST_TIME_MS) done.remaining += orders.length;
    else await takeOverAll(orders, deps, done);
    after = page.next;
    // Counting the remaining orders reads only the index, but that takes time too.
  } while (after && timeLeftMs() > LEAST_TIME_MS / 2);
}

/** Takes over `concurrency` orders at a time; the next one begins as soon as one is done. */
async function takeOverAll(orders: readonly OpenOrder[], deps: TakeOverDeps, done: TakeOverResult): Promise<void> {
  const { concurrency, settled, timeLeftMs, onTrouble } = deps;
  const queue = [...orders];
  const work = async () => {
    for (let order = queue.shift(); order; order = queue.shift()) {
      if (timeLeftMs() < LEAST_TIME_MS) {
        done.remaining += 1;
        continue;
      }
      try {
        const taken = isRefundKey(order.region)
          ? await takeRefundOver(order, deps)
          : await takeOverOrder(order.orderId, deps);
        done[taken] += 1;
        settled.add(order);
      } catch (error) {
        // A failure of one order must not delay the others.
        done.failed += 1;
        onTrouble(order.orderId, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, work));
}

async function takeOverOrder(orderId: string, { store, deadlines }: TakeOverDeps): Promise<"taken" | "settled"> {
  for (let attempt = 1; ; attempt++) {
    const moment = { at: new Date().toISOString(), deadlines };
    const write = takeOver(await store.partition(orderId), store.region, moment);
    if (!write) return "settled";
    if (await store.write(write)) return "taken";
    if (attempt === ATTEMPTS)
      throw new Error(`Order ${orderId} was changed concurrently; gave up after ${ATTEMPTS} attempts.`);
  }
}

/** Applies rule 16 to one refund. If the write's condition fails, another run has just taken it over. */
async function takeRefundOver(
  { orderId, region }: OpenOrder,
  { store, deadlines }: TakeOverDeps,
): Promise<"taken" | "settled"> {
  const { refunds = [] } = await store.partition(orderId);
  const refundId = refunds.find((refund) => refund.region === region)?.refundId;
  // The index has replicated before the item.
  if (refundId === undefined) throw new Error(`The refund ${region} of the order ${orderId} is not readable yet.`);
  const items = refunds.filter((refund) => refund.refundId === refundId);
  const write = takeOverRefund(items, store.region, { at: new Date().toISOString(), deadlines });
  return write && (await store.writeRefund(write)) ? "taken" : "settled";
}

/**
 * Remembers for a while which index entries need no more work. An entry with another deadline is another entry: its
 * Region has written the item since.
 */
export class Settled {
  private readonly until = new Map<string, number>();

  constructor(
    private readonly keptMs = 10 * 60_000,
    private readonly most = 200_000,
    private readonly now: () => number = Date.now,
  ) {}

  has(order: OpenOrder): boolean {
    const until = this.until.get(nameOf(order));
    return until !== undefined && until > this.now();
  }

  add(order: OpenOrder): void {
    const [oldest] = this.until.keys();
    if (this.until.size >= this.most && oldest !== undefined) this.until.delete(oldest);
    const name = nameOf(order);
    // A map lists its keys in the order of insertion: insert again, so that the oldest entry stays first.
    this.until.delete(name);
    this.until.set(name, this.now() + this.keptMs);
  }
}

const nameOf = ({ orderId, region, sweepAt }: OpenOrder) => `${orderId} ${region} ${sweepAt}`;
