import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { RequestEvent } from "../../http";

/** Port to a provider's webhooks: verifies a request's origin and finds the order that it is about. */
export type WebhookReader = (request: RequestEvent) => Promise<ReceivedWebhook>;

export type ReceivedWebhook =
  /** The provider's record of the order has changed. The content of the webhook itself is never trusted. */
  | { kind: "changed"; orderId: string; webhookId: string }
  /** Signed, but about no order. */
  | { kind: "ignored" }
  | { kind: "refused"; response: APIGatewayProxyStructuredResultV2 };
