import { json, problem, validator } from "../../../../domain/http";
import {
  decodePageCursor,
  encodePageCursor,
  findEffectiveOrder,
  isCancelled,
  isDecided,
  type OrderItem,
  type OrderSummary,
  type Partition,
  toPartition,
  toSummary,
  toView,
} from "../../../../domain/order";
import * as operations from "../../../../domain/order/api/operations.compiled";
import type { OrderReader } from "../orderReader";
import type { OrderStore } from "../orderStore";
import { customerOf, type HttpRequest, type HttpResponse } from "./http";
import { answerOrderNotFound, refuseUnknownPage } from "./refusals";

/** `GET /api/orders`: the caller's own orders, newest first. */
export function listOrders(store: OrderStore) {
  const check = validator<undefined, { limit?: number; before?: string }>(operations.listOrders);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { limit = 20, before } = valid.parameters;
    const customerId = customerOf(request);

    const end = before === undefined ? undefined : decodePageCursor(before);
    if (before !== undefined && end === undefined) return refuseUnknownPage();
    const { keys, next } = await store.ofCustomer(customerId, limit, end && { customerId, ...end });
    // Two Regions' items of an order are one order, also where a page ends between them.
    const isNew = ({ orderId }: { orderId: string }) => orderId !== end?.orderId;
    const items = await store.items(keys.filter(isNew));
    if (next) items.push(...(await store.partition(next.orderId)).orders.filter(isNew));
    const orders = summaries(items);
    return json(200, { orders, ...(next ? { next: encodePageCursor(next) } : {}) });
  };
}

/** `GET /api/orders/{orderId}`. */
export function getOrder(store: OrderReader) {
  const check = validator<undefined, { orderId: string }>(operations.getOrder);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { orderId } = valid.parameters;
    const found = await ownOrder(store, orderId, customerOf(request));
    return found ? json(200, toView(found.item, found.partition)) : answerOrderNotFound(orderId);
  };
}

/** `POST /api/orders/{orderId}/cancel` (rule 11): records a request, which the workflow follows unless it is too late. */
export function requestCancellation(store: OrderStore) {
  const check = validator<undefined, { orderId: string }>(operations.cancelOrder);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { orderId } = valid.parameters;
    const customerId = customerOf(request);
    const found = await ownOrder(store, orderId, customerId);
    if (!found) return answerOrderNotFound(orderId);

    const { status } = found.item;
    if (isCancelled(status)) return json(202, { orderId, cancellation: "done" });
    if (isDecided(status)) {
      const detail = `The order is ${status} and can no longer be cancelled. Send the parcel back when it has arrived.`;
      return problem(409, { title: "Too late to cancel", detail, orderStatus: status });
    }
    await store.wishCancel(orderId, customerId, new Date().toISOString());
    return json(202, { orderId, cancellation: "requested" });
  };
}

/** Finds the customer's own order; another customer's order counts as not found. */
export async function ownOrder(
  store: OrderReader,
  orderId: string,
  customerId: string,
): Promise<{ item: NonNullable<ReturnType<typeof findEffectiveOrder>>; partition: Partition } | undefined> {
  const partition = await store.partition(orderId);
  const item = findEffectiveOrder(partition);
  return item?.customerId === customerId ? { item, partition } : undefined;
}

/** Items of several orders, two of one order where both Regions have worked on it, as the customer sees them. */
function summaries(items: OrderItem[]): OrderSummary[] {
  const orders = new Map<string, OrderItem[]>();
  for (const item of items) orders.set(item.orderId, [...(orders.get(item.orderId) ?? []), item]);
  return [...orders.values()]
    .flatMap((partition) => findEffectiveOrder(toPartition(partition)) ?? [])
    .map(toSummary)
    .sort((first, second) => (first.createdAt < second.createdAt ? 1 : -1));
}
