import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { WebhookReader } from "../../../../domain/order";
import type { HttpRequest, HttpResponse, Log } from "./http";

/** Event that a webhook sends to its worker: an order to check. */
export interface WebhookCheck {
  orderId: string;
  webhookId: string;
}

export interface WebhookDeps {
  client: LambdaClient;
  log: Log;
}

/**
 * Handles `POST /api/orders/webhooks/…`: has the worker read the provider's record again. Answers after one asynchronous call, which
 * Lambda keeps until the worker has succeeded. It reads no table: the worker reads the order, and the execution that waits for it, anyway.
 *
 * @param worker the function that is called with a {@link WebhookCheck}.
 */
export function receiveWebhook(read: WebhookReader, worker: string, { client, log }: WebhookDeps) {
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const received = await read(request);
    if (received.kind === "refused") return received.response;
    if (received.kind === "changed") {
      const { orderId, webhookId } = received;
      const check: WebhookCheck = { orderId, webhookId };
      await client.send(
        new InvokeCommand({ FunctionName: worker, InvocationType: "Event", Payload: JSON.stringify(check) }),
      );
      log.info("Webhook received", { orderId, route: request.routeKey });
    }
    return { statusCode: 204 };
  };
}
