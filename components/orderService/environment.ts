import { KMSClient } from "@aws-sdk/client-kms";
import type { Deadlines } from "../../domain/order";
import { documentClient, patience, setting, stepFunctions, traced } from "./clients";
import { OrderStore, type OrderTables } from "./orderStore";
import { PaymentSystem } from "./paymentSystem";
import { secret } from "./secrets";
import { ShippingSystem } from "./shippingSystem";
import { TaskReply } from "./taskReply";

/** What the functions make of the variables that the component sets; once per cold start. */

export function orderTables(): OrderTables {
  return { orders: setting("ORDERS_TABLE"), cards: setting("CARDS_TABLE") };
}

export function ownRegion(): string {
  return setting("AWS_REGION");
}

export function orderStore(): OrderStore {
  return new OrderStore(documentClient(), orderTables(), ownRegion());
}

export function deadlines(): Deadlines {
  return JSON.parse(setting("DEADLINES"));
}

export function paymentSystem(): PaymentSystem {
  return new PaymentSystem({
    endpoint: setting("PAYMENT_ENDPOINT"),
    apiKey: secret(setting("PAYMENT_KEY_PARAMETER")),
    timeoutMs: Number(setting("PAYMENT_TIMEOUT_MS")),
  });
}

export function shippingSystem(): ShippingSystem {
  return new ShippingSystem({
    endpoint: setting("SHIPPING_ENDPOINT"),
    apiKey: secret(setting("SHIPPING_KEY_PARAMETER")),
    timeoutMs: Number(setting("SHIPPING_TIMEOUT_MS")),
  });
}

export function taskReply(): TaskReply {
  return new TaskReply(stepFunctions());
}

export function keyService(): KMSClient {
  return traced(new KMSClient(patience));
}
