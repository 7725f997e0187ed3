import { type Deadlines, isRefundKey, openKeys, takeOver, takeOverRefund } from "../../../../domain/order";
import type { OpenOrder, OrderStore } from "../orderStore";

export interface TakeOverDeps {
  store: OrderStore;
  /** The Region whose open orders are taken over. */
  from: string;
  deadlines?: Deadlines;
  /** Orders that are taken over at the same time. */
  concurrency: number;
  /** Milliseconds left: what is not taken over now is taken over next time. */
  timeLeftMs: () => number;
  /** Orders that earlier runs have settled; this run adds its own. */
  settled: Settled;
  /** 0 ≤ n < 1: runs that meet begin at different shards. Default: `Math.random`. */
  random?: () => number;
  onTrouble: (orderId: string, error: unknown) => void;
}

export interface TakeOverResult {
  /** Orders that now have an item of this Region under a new epoch. */
  taken: number;
  /** Orders with nothing to take: finished, ours already, or taken in this moment by another run. */
  settled: number;
  /** Orders that could not be looked at; the next run tries again. */
  failed: number;
  /** Orders that this run did not come to. */
  remaining: number;
}

/** Below this, nothing new is begun: an order's read and write must end before the function does. Milliseconds. */
const LEAST_TIME_MS = 8_000;

/** Reads of an order whose write met another's. */
const ATTEMPTS = 3;

/**
 * Applies rule 10 to every open order of a Region: those whose item is effective get an item of this Region under the next
 * epoch, whose stream record starts the workflow here.
 *
 * The lost Region's index entries stay as they are, since no other Region may write its items; so a later run meets them
 * again, and `settled` spares it reading the orders. Safe to run twice at once, to die anywhere, and to be wrong.
 */
export async function takeOverOrders(takingOver: TakeOverDeps): Promise<TakeOverResult> {
  const { from, random = Math.random } = takingOver;
  const done: TakeOverResult = { taken: 0, settled: 0, failed: 0, remaining: 0 };
  const keys = openKeys(from);
  const first = Math.floor(random() * keys.length);
  for (const key of [...keys.slice(first), ...keys.slice(0, first)]) await takeOverShard(key, takingOver, done);
  return done;
}

async function takeOverShard(openIn: string, takingOver: TakeOverDeps, done: TakeOverResult): Promise<void> {
  const { store, settled, timeLeftMs } = takingOver;
  if (timeLeftMs() < LEAST_TIME_MS / 2) {
    // Not even looked at: at least one, so that the run does not pass for complete.
    done.remaining += 1;
    return;
  }
  let after: Record<string, unknown> | undefined;
  do {
    const page = await store.open(openIn, { after, limit: 500 });
    const orders = page.orders.filter((order) => !settled.has(order));
    if (timeLeftMs() < LEAST_TIME_MS) done.remaining += orders.length;
    else await takeOverAll(orders, takingOver, done);
    after = page.next;
    // Counting the remaining orders reads only the index, but that takes time too.
  } while (after && timeLeftMs() > LEAST_TIME_MS / 2);
}

/** Some at a time: as soon as one is done the next begins. */
async function takeOverAll(
  orders: readonly OpenOrder[],
  takingOver: TakeOverDeps,
  done: TakeOverResult,
): Promise<void> {
  const { concurrency, settled, timeLeftMs, onTrouble } = takingOver;
  const queue = [...orders];
  const work = async () => {
    for (let order = queue.shift(); order; order = queue.shift()) {
      if (timeLeftMs() < LEAST_TIME_MS) {
        done.remaining += 1;
        continue;
      }
      try {
        const taken = isRefundKey(order.region)
          ? await takeRefundOver(order, takingOver)
          : await takeOverOrder(order.orderId, takingOver);
        done[taken] += 1;
        settled.add(order);
      } catch (error) {
        // One order's trouble must not keep the others waiting.
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

/** Rule 16 for one refund. A failed condition: another run has taken it over in this moment. */
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
    // A map keeps the order in which its keys came: the oldest goes first.
    this.until.delete(name);
    this.until.set(name, this.now() + this.keptMs);
  }
}

const nameOf = ({ orderId, region, sweepAt }: OpenOrder) => `${orderId} ${region} ${sweepAt}`;
