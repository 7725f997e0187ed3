import type { WebhookReader } from "../../../../domain/order";
import { createWebhookReader, readWebhookSecret } from "../../httpContract/standardWebhook";

export const connectShippingWebhooks = (): WebhookReader =>
  createWebhookReader("shipmentUpdated", readWebhookSecret("SHIPPING"));
