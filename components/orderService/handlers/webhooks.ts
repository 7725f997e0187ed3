import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { WebhookReader } from "../../../domain/order";
import type { HttpRequest, HttpResponse, Log } from "./http";
import type { OrderStore } from "./orderStore";

/** Event that a webhook sends to its worker: an order to check, whose execution waits with this task token. */
export interface WebhookCheck {
  orderId: string;
  epoch: number;
  openTask: string;
  webhookId: string;
}

export interface WebhookDeps {
  store: OrderStore;
  client: LambdaClient;
  log: Log;
}

/**
 * Handles `POST /api/orders/webhooks/…`: if an execution waits for the order in this Region, has the worker read the
 * provider's record again. Answers after one read, and one asynchronous call that Lambda keeps until the worker has
 * succeeded. The worker records the webhook's id, so that a repeated webhook costs only the read.
 *
 * @param worker the function that is called with a {@link WebhookCheck}.
 */
export function receiveWebhook(read: WebhookReader, worker: string, { store, client, log }: WebhookDeps) {
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const received = await read(request);
    if (received.kind === "refused") return received.response;
    if (received.kind === "changed") {
      const { orderId, webhookId } = received;
      const waiting = await store.waiting(orderId);
      const isNew = waiting?.token !== undefined && !waiting.wokenBy?.has(webhookId);
      if (isNew) await check({ orderId, epoch: waiting.epoch, openTask: waiting.token!, webhookId });
      log.info("Webhook received", { orderId, route: request.routeKey, passedOn: isNew });
    }
    return { statusCode: 204 };
  };

  async function check(event: WebhookCheck): Promise<void> {
    const payload = JSON.stringify(event);
    await client.send(new InvokeCommand({ FunctionName: worker, InvocationType: "Event", Payload: payload }));
  }
}
