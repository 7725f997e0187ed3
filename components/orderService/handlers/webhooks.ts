import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { problem, validator } from "../../../domain/http";
import { orderApi } from "../../../domain/order/openapi";
import type { HttpRequest, HttpResponse, Log } from "./http";

interface Notice {
  type: "payment.updated" | "shipment.updated";
  orderId: string;
}

export interface WebhookDeps {
  /** Triggers a check of the order; true if an execution waited for it. */
  tell: (orderId: string, webhookId: string | undefined) => Promise<boolean>;
  /** The provider's signing secret: `whsec_…`. */
  webhookSecret: () => Promise<string>;
  log: Log;
}

/**
 * `POST /api/orders/webhooks/…`: accepts a webhook with a valid signature not older than five minutes, and has
 * the provider's record read again. The webhook's own content is never trusted.
 */
export function receiveWebhook(operationId: "paymentUpdated" | "shipmentUpdated", listener: WebhookDeps) {
  const check = validator<Notice>(orderApi, operationId);
  return async (request: HttpRequest): Promise<HttpResponse> => {
    if (!isSigned(request, await listener.webhookSecret())) {
      const detail =
        "Sign the body as Standard Webhooks say, with the shared secret and the present time, in the headers webhook-id, webhook-timestamp and webhook-signature.";
      return problem(401, { title: "Signature not valid", detail });
    }
    const valid = check(request);
    if (!valid.ok) return valid.response;
    const { orderId } = valid.body;
    const told = await listener.tell(orderId, request.headers["webhook-id"]);
    listener.log.info("Webhook received", { orderId, operationId, told });
    return { statusCode: 204 };
  };
}

function isSigned({ body, isBase64Encoded, headers }: HttpRequest, webhookSecret: string): boolean {
  const text = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8").toString("utf8");
  try {
    new Webhook(webhookSecret).verify(
      text,
      {
        "webhook-id": headers["webhook-id"] ?? "",
        "webhook-timestamp": headers["webhook-timestamp"] ?? "",
        "webhook-signature": headers["webhook-signature"] ?? "",
      },
      { jsonParse: false },
    );
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
