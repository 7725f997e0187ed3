import { json, validator } from "../../../../domain/http";
import {
  decodePageCursor,
  encodePageCursor,
  FIRST_MONTH,
  findEffectiveOrder,
  isCancelled,
  isFulfilled,
  isOpen,
  monthBefore,
  monthOf,
  type OrderSummary,
  type PageEnd,
  placedKeys,
  refundCountKey,
  toPartition,
  toSummary,
} from "../../../../domain/order";
import * as operations from "../../../../domain/order/api/operations.compiled";
import type { OrderStore } from "../orderStore";
import type { HttpRequest, HttpResponse } from "./http";
import { refuseOthers } from "./refunds";
import { refuseUnknownPage } from "./refusals";

type State = "open" | "delivered" | "cancelled" | "refunded";

/** An order in the list, with whether it has partial refunds. */
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
  store: Pick<OrderStore, "placed" | "items">,
  regions: readonly string[],
  now = () => new Date().toISOString(),
) {
  const check = validator<undefined, { state?: State; before?: string }>(operations.listPlacedOrders);

  /** Keys of the newest orders of a month that come after `end` in the list. */
  async function keysOf(month: string, end: PageEnd | undefined): Promise<PageEnd[]> {
    const shards = await Promise.all(placedKeys(month).map((key) => store.placed(key, PAGE, end?.createdAt)));
    return shards
      .flat()
      .filter((key) => end === undefined || compare(end, key) < 0)
      .sort(compare)
      .slice(0, PAGE);
  }

  async function read(keys: readonly PageEnd[]): Promise<ListedOrder[]> {
    const ids = [...new Set(keys.map(({ orderId }) => orderId))];
    const wanted = ids.flatMap((orderId) =>
      regions.flatMap((region) => [region, refundCountKey(region)].map((key) => ({ orderId, region: key }))),
    );
    const items = [];
    // One at a time: a merchandiser's question may not take the customers' capacity.
    for (let from = 0; from < wanted.length; from += BATCH)
      items.push(...(await store.items(wanted.slice(from, from + BATCH))));
    const orders = Map.groupBy(items, ({ orderId }) => orderId);
    return ids.flatMap((orderId) => {
      const partition = toPartition(orders.get(orderId) ?? []);
      const order = findEffectiveOrder(partition);
      if (order === undefined) return [];
      const accepted = Object.values(partition.acceptedRefunds ?? {});
      return [{ ...toSummary(order), hasRefunds: accepted.some((count) => count > 0) }];
    });
  }

  return async (request: HttpRequest): Promise<HttpResponse> => {
    const refused = refuseOthers(request, "see orders");
    if (refused) return refused;
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { state, before } = valid.parameters;
    let end = before === undefined ? undefined : decodePageCursor(before);
    if (before !== undefined && end === undefined) return refuseUnknownPage();

    const orders: ListedOrder[] = [];
    const answer = (next?: PageEnd) => json(200, { orders, ...(next && { next: encodePageCursor(next) }) });
    let month = monthOf(end?.createdAt ?? now());
    let readKeys = 0;
    for (let months = 0; month >= FIRST_MONTH; months++, month = monthBefore(month)) {
      for (;;) {
        if (end !== undefined && (readKeys >= MOST_READ || months === MOST_MONTHS)) return answer(end);
        const keys = await keysOf(month, end);
        if (keys.length === 0) break;
        readKeys += keys.length;
        const listed = new Map((await read(keys)).map((order) => [order.orderId, order]));
        for (const [index, key] of keys.entries()) {
          const order = listed.get(key.orderId);
          // Items of two Regions are one order.
          const isRepeated = keys[index - 1]?.orderId === key.orderId;
          if (order !== undefined && !isRepeated && matches(order, state)) orders.push(order);
          end = key;
          if (orders.length === PAGE) return answer(end);
        }
      }
    }
    return answer();
  };
}

function matches({ status, hasRefunds }: ListedOrder, state: State | undefined): boolean {
  switch (state) {
    case "open":
      return isOpen(status);
    case "delivered":
      return isFulfilled(status);
    case "cancelled":
      return isCancelled(status);
    case "refunded":
      return hasRefunds;
    default:
      return true;
  }
}

/** Newest first; orders of the same moment by number, so that a page ends between them. */
function compare(a: Pick<PageEnd, "orderId" | "createdAt">, b: Pick<PageEnd, "orderId" | "createdAt">): number {
  return b.createdAt.localeCompare(a.createdAt) || b.orderId.localeCompare(a.orderId);
}
