import { json, validator } from "../../../../domain/http";
import {
  type CustomerStatus,
  decodePageCursor,
  encodePageCursor,
  FIRST_MONTH,
  findEffectiveOrder,
  isCancelled,
  isFulfilled,
  isOpen,
  monthBefore,
  monthOf,
  type OrderItem,
  type OrderSummary,
  type PageEnd,
  placedKeys,
  refundCountKey,
  toPartition,
  toRefunds,
  toSummary,
} from "../../../../domain/order";
import * as operations from "../../../../domain/order/api/operations.compiled";
import { refuseUnlessMerchandiser } from "../../../runtime/refuseUnlessMerchandiser";
import type { OrderStore } from "../orderStore";
import type { HttpRequest, HttpResponse } from "./http";
import { refuseUnknownPage } from "./refusals";

/** Conditions of the list. */
interface Conditions {
  state?: "open" | "delivered" | "cancelled" | "refunded";
  email?: string;
  /** ISO 8601 UTC. */
  from?: string;
  /** ISO 8601 UTC. */
  until?: string;
}

/** An order in the list, with whether it has partial refunds that were not refused. */
type ListedOrder = OrderSummary & { hasRefunds: boolean };

/** Orders of a page. */
const PAGE = 50;
/** Orders that are read for one page at most. A filter that few orders pass gives a short page, and `next`. */
const MOST_READ = 400;
/** Months that are read for one page at most. */
const MOST_MONTHS = 36;
/** Keys of one BatchGetItem. */
const BATCH = 100;

/**
 * `GET /api/orders/placed`: orders of all customers in every state, newest first, for merchandisers.
 *
 * @param regions whose orders are listed, as this Region knows them.
 */
export function createListPlacedOrders(
  store: Pick<OrderStore, "placed" | "items" | "partition">,
  regions: readonly string[],
  now = () => new Date().toISOString(),
) {
  const check = validator<undefined, Conditions & { before?: string }>(operations.listPlacedOrders);

  /** Keys of the newest orders of a month that come after `end` in the list. */
  async function keysOf(month: string, { from, until }: Conditions, end: PageEnd | undefined): Promise<PageEnd[]> {
    const range = { from, until: end?.createdAt ?? until };
    const shards = await Promise.all(placedKeys(month).map((key) => store.placed(key, PAGE, range)));
    return shards
      .flat()
      .filter((key) => end === undefined || compare(end, key) < 0)
      .sort(compare)
      .slice(0, PAGE);
  }

  async function read(keys: readonly PageEnd[], conditions: Conditions): Promise<ListedOrder[]> {
    const ids = [...new Set(keys.map(({ orderId }) => orderId))];
    const wanted = ids.flatMap((orderId) =>
      regions.flatMap((region) => [region, refundCountKey(region)].map((key) => ({ orderId, region: key }))),
    );
    const items = [];
    // One at a time: a merchandiser's question may not take the customers' capacity.
    for (let from = 0; from < wanted.length; from += BATCH)
      items.push(...(await store.items(wanted.slice(from, from + BATCH))));
    const orders = Map.groupBy(items, ({ orderId }) => orderId);
    const found: ListedOrder[] = [];
    for (const orderId of ids) {
      const partition = toPartition(orders.get(orderId) ?? []);
      const order = findEffectiveOrder(partition);
      if (order === undefined || !matches(order, conditions)) continue;
      const accepted = Object.values(partition.acceptedRefunds ?? {}).some((count) => count > 0);
      const hasRefunds = accepted && (await hasRefundsLeft(orderId));
      if (hasRefunds || conditions.state !== "refunded") found.push({ ...toSummary(order), hasRefunds });
    }
    return found;
  }

  /** The counts have refused refunds too, so the few orders with a count are read as a whole. */
  async function hasRefundsLeft(orderId: string): Promise<boolean> {
    const { refunds = [] } = await store.partition(orderId);
    return toRefunds(refunds).some(({ status }) => status !== "REFUSED");
  }

  return async (request: HttpRequest): Promise<HttpResponse> => {
    const refused = refuseUnlessMerchandiser(request, "see orders");
    if (refused) return refused;
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { before, ...conditions } = valid.parameters;
    const { from = FIRST_MONTH, until = now() } = conditions;
    const [latest] = [until, now()].sort() as [string, string];
    let end = before === undefined ? undefined : decodePageCursor(before);
    if (before !== undefined && end === undefined) return refuseUnknownPage();

    const orders: ListedOrder[] = [];
    const answer = (next?: PageEnd) => json(200, { orders, ...(next && { next: encodePageCursor(next) }) });
    let month = monthOf(end?.createdAt ?? latest);
    const first = [monthOf(from), FIRST_MONTH].sort()[1]!;
    let readKeys = 0;
    for (let months = 0; month >= first; months++, month = monthBefore(month)) {
      for (;;) {
        if (end !== undefined && (readKeys >= MOST_READ || months === MOST_MONTHS)) return answer(end);
        const keys = await keysOf(month, conditions, end);
        if (keys.length === 0) break;
        readKeys += keys.length;
        const listed = new Map((await read(keys, conditions)).map((order) => [order.orderId, order]));
        for (const [index, key] of keys.entries()) {
          const order = listed.get(key.orderId);
          // Items of two Regions are one order.
          const isRepeated = keys[index - 1]?.orderId === key.orderId;
          if (order !== undefined && !isRepeated) orders.push(order);
          end = key;
          if (orders.length === PAGE) return answer(end);
        }
      }
    }
    return answer();
  };
}

/** True if an order fulfils the conditions that its own item shows: all but refunds and time. */
function matches({ status, contact }: OrderItem & { status: CustomerStatus }, { state, email }: Conditions): boolean {
  if (email !== undefined && contact.email.toLowerCase() !== email.trim().toLowerCase()) return false;
  switch (state) {
    case "open":
      return isOpen(status);
    case "delivered":
      return isFulfilled(status);
    case "cancelled":
      return isCancelled(status);
    default:
      return true;
  }
}

/** Newest first; orders of the same moment by number, so that a page ends between them. */
function compare(a: Pick<PageEnd, "orderId" | "createdAt">, b: Pick<PageEnd, "orderId" | "createdAt">): number {
  return b.createdAt.localeCompare(a.createdAt) || b.orderId.localeCompare(a.orderId);
}
