import type { WebhookReader } from "../../../../domain/order";
import { createWebhookReader, readWebhookSecret } from "../../httpContract/standardWebhook";

export const connectPaymentWebhooks = (): WebhookReader =>
  createWebhookReader("paymentUpdated", readWebhookSecret("PAYMENT"));
