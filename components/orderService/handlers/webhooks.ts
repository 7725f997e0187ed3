import type { WebhookReader } from "../../../domain/order";
import type { HttpRequest, HttpResponse, Log } from "./http";

/**
 * Handles `POST /api/orders/webhooks/…`: has the provider's record of the order read again.
 *
 * @param check triggers that; true if an execution waited for the order.
 */
export function receiveWebhook(
  read: WebhookReader,
  log: Log,
  check: (orderId: string, webhookId: string) => Promise<boolean>,
) {
  return async (request: HttpRequest): Promise<HttpResponse> => {
    const received = await read(request);
    if (received.kind === "refused") return received.response;
    if (received.kind === "changed") {
      const { orderId, webhookId } = received;
      const waited = await check(orderId, webhookId);
      log.info("Webhook received", { orderId, route: request.routeKey, waited });
    }
    return { statusCode: 204 };
  };
}
