import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { type OperationChecks, problem, type RequestEvent, validator } from "../../../domain/http";
import type { WebhookReader } from "../../../domain/order";
import { secret } from "../../runtime/secrets";
import { setting } from "../handlers/clients";

interface Update {
  type: "payment.updated" | "shipment.updated";
  orderId: string;
}

/** Accepts Standard Webhooks with a valid signature that is at most five minutes old. */
export function createWebhookReader(checks: OperationChecks, webhookSecret: () => Promise<string>): WebhookReader {
  const validate = validator<Update>(checks);
  return async (request) => {
    if (!isSigned(request, await webhookSecret())) {
      const detail =
        "Sign the body as Standard Webhooks say, with the shared secret and the present time, in the headers webhook-id, webhook-timestamp and webhook-signature.";
      return { kind: "refused", response: problem(401, { title: "Signature not valid", detail }) };
    }
    const valid = validate(request);
    if (!valid.ok) return { kind: "refused", response: valid.response };
    return { kind: "changed", orderId: valid.body.orderId, webhookId: request.headers["webhook-id"]! };
  };
}

export const readWebhookSecret = (provider: "PAYMENT" | "SHIPPING") => secret(setting(`${provider}_SECRET_PARAMETER`));

function isSigned({ body, isBase64Encoded, headers }: RequestEvent, webhookSecret: string): boolean {
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
