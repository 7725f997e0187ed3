import type { WebhookReader } from "../../../../domain/order";
import * as operations from "../../../../domain/order/api/operations.compiled";
import { createWebhookReader, readWebhookSecret } from "../../httpContract/standardWebhook";

export const connectPaymentWebhooks = (): WebhookReader =>
  createWebhookReader(operations.paymentUpdated, readWebhookSecret("PAYMENT"));
