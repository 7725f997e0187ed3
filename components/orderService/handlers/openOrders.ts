import { json } from "../../../domain/http";
import { effectiveItem, findEffectiveOrder, isOpen, openKeys, toPartition, toSummary } from "../../../domain/order";
import type { HttpRequest, HttpResponse } from "./http";
import type { OrderStore } from "./orderStore";
import { refuseOthers } from "./refunds";

/** Most orders of one answer. */
const MOST_SHOWN = 50;
/** Most keys that are read for it: the index is by deadline, so the newest are among them only if all are read. */
const MOST_READ = 400;

/**
 * `GET /api/orders/open`: the orders in progress, newest first, for merchandisers.
 *
 * @param regions whose orders are listed, as this Region knows them.
 */
export function createListOpenOrders(store: Pick<OrderStore, "open" | "items">, regions: readonly string[]) {
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const refused = refuseOthers(request, "see orders");
    if (refused) return refused;
    const pages = await Promise.all(regions.flatMap(openKeys).map((key) => store.open(key, { limit: MOST_READ })));
    const ids = [...new Set(pages.flatMap(({ orders }) => orders.map(({ orderId }) => orderId)))];
    const keys = ids.slice(0, MOST_READ).flatMap((orderId) => regions.map((region) => ({ orderId, region })));
    const items = [];
    // One at a time: a merchandiser's question may not take the customers' capacity.
    for (let from = 0; from < keys.length; from += 100)
      items.push(...(await store.items(keys.slice(from, from + 100))));
    const orders = [...Map.groupBy(items, ({ orderId }) => orderId).values()]
      .filter((all) => isOpen(effectiveItem(all)!.status))
      .flatMap((all) => findEffectiveOrder(toPartition(all)) ?? [])
      .map(toSummary)
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    const more = orders.length > MOST_SHOWN || ids.length > MOST_READ || pages.some(({ next }) => next !== undefined);
    return json(200, { orders: orders.slice(0, MOST_SHOWN), more });
  };
}
