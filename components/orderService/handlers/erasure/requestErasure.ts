import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { json, problem } from "../../../../domain/http";
import { effectiveItem, isOpen, type OrderItem } from "../../../../domain/order";
import { customerOf, type HttpRequest, type HttpResponse, type Log } from "../api/http";
import type { OrderStore } from "../orderStore";
import { orderKeysOf } from "./regionData";
import { type ErasureTable, recordOwnRequest } from "./requests";

/** Seconds after a sign-in within which a customer may delete the account: a copied session is usually older. */
const RECENT_SECONDS = 15 * 60;

/** Keys of one BatchGetItem. */
const BATCH = 100;

export interface RequestErasureDeps {
  orders: Pick<OrderStore, "ofCustomer" | "items">;
  table: ErasureTable;
  /** Calls the eraser, which has the rights that this function lacks. */
  eraser: { client: Pick<LambdaClient, "send">; name: string };
  log: Log;
  now?: () => Date;
}

/**
 * `DELETE /api/orders/account`: records the caller's erasure, and has this Region's eraser begin. The other Regions find the record with
 * their next hourly run, as this one does if the call of the eraser is lost.
 */
export function requestErasure({ orders, table, eraser, log, now = () => new Date() }: RequestErasureDeps) {
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const customerId = customerOf(request);
    const at = now();
    const refused = refuseOldSignIn(request, at) ?? (await refuseOpenOrder(orders, customerId));
    if (refused) return refused;
    if (await recordOwnRequest(table, customerId, at)) {
      log.info("Erasure requested by the customer", { customerId });
      try {
        await eraser.client.send(new InvokeCommand({ FunctionName: eraser.name, InvocationType: "Event" }));
      } catch (error) {
        log.warn("The eraser could not be called; its next hourly run erases", { customerId, error: error as Error });
      }
    }
    return json(202, { erasure: "requested" });
  };
}

function refuseOldSignIn(request: HttpRequest, now: Date): HttpResponse | undefined {
  // API Gateway may pass a number on as text.
  const signedInAt = Number(request.requestContext.authorizer.lambda.signedInAt ?? Number.NaN);
  if (Number.isNaN(signedInAt)) {
    const detail =
      "The token does not state the time of the sign-in. Ask the store to delete the account; its issuer must add `auth_time` to access tokens.";
    return problem(403, { title: "Sign-in time unknown", detail });
  }
  if (now.getTime() / 1_000 - signedInAt <= RECENT_SECONDS) return undefined;
  const detail = `The sign-in is older than ${RECENT_SECONDS / 60} minutes. Sign in again, then repeat the request with the new token.`;
  return problem(403, { title: "Sign-in too old", detail });
}

/** The order's address is needed until it is finished. The eraser checks again: an order may be on its way from another Region. */
async function refuseOpenOrder(
  orders: RequestErasureDeps["orders"],
  customerId: string,
): Promise<HttpResponse | undefined> {
  const keys = await orderKeysOf({ orders }, customerId);
  const items: OrderItem[] = [];
  for (let from = 0; from < keys.length; from += BATCH)
    items.push(...(await orders.items(keys.slice(from, from + BATCH))));
  for (const [orderId, all] of Map.groupBy(items, (item) => item.orderId)) {
    const effective = effectiveItem(all);
    if (effective === undefined || !isOpen(effective.status)) continue;
    const detail = `Order ${orderId} is ${effective.status}: its address is needed until it is finished. Cancel it, or delete the account after its delivery.`;
    return problem(409, { title: "Unfinished order", detail, orderId, orderStatus: effective.status });
  }
  return undefined;
}
