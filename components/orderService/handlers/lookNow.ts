import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { OrderStore } from "./orderStore";
import type { ShipmentCheck } from "./ship";

/** How the function that follows parcels is reached. */
export interface ShipFunction {
  client: LambdaClient;
  name: string;
}

/**
 * Has the order's parcel looked at, if an execution waits for this order in this Region. The execution is not woken for
 * it: its task stays open until the parcel is delivered, so news on the way costs no workflow transition. An order that
 * waits in the other Region is not reached; its step polls.
 *
 * @param webhookId of the notice that tells the news; the same one never does it twice.
 * @returns whether somebody looks.
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
  // Afterwards: a notice that is remembered and not looked at would be lost.
  if (webhookId !== undefined) await store.rememberWebhook(orderId, waiting.token, webhookId);
  return true;
}
