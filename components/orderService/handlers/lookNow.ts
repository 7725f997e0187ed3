import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { OrderStore } from "./orderStore";
import type { ShipmentCheck } from "./ship";

/** The function that tracks parcels. */
export interface ShipFunction {
  client: LambdaClient;
  name: string;
}

/**
 * Has the order's parcel looked at, if an execution waits for this order in this Region. The execution is not woken for
 * it: its task stays open until the parcel is delivered, so news on the way costs no workflow transition. An order that
 * waits in the other Region is not reached; its step polls.
 *
 * @param webhookId of the webhook; a repeated one requests no second check.
 * @returns true if a check was requested.
 */
export async function requestShipmentCheck(
  store: OrderStore,
  ship: ShipFunction,
  orderId: string,
  webhookId: string | undefined,
): Promise<boolean> {
  const waiting = await store.waiting(orderId);
  if (waiting?.token === undefined) return false;
  if (webhookId !== undefined && waiting.wokenBy?.has(webhookId)) return false;
  const look: ShipmentCheck = { orderId, epoch: waiting.epoch, openTask: waiting.token };
  await ship.client.send(
    new InvokeCommand({ FunctionName: ship.name, InvocationType: "Event", Payload: JSON.stringify(look) }),
  );
  // Recorded afterwards: a webhook that was recorded but never acted on would be lost.
  if (webhookId !== undefined) await store.rememberWebhook(orderId, waiting.token, webhookId);
  return true;
}
