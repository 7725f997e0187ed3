import { KMSClient } from "@aws-sdk/client-kms";
import type { Deadlines } from "../../../domain/order";
import { secret } from "../../runtime/secrets";
import { clientLimits, documentClient, setting, stepFunctions, traced } from "./clients";
import { HttpPaymentProvider } from "./httpPaymentProvider";
import { HttpShippingProvider } from "./httpShippingProvider";
import { OrderStore, type OrderTables } from "./orderStore";
import { TaskReply } from "./taskReply";

/** Objects that functions create from the component's environment variables, once per cold start. */

export function readOrderTables(): OrderTables {
  return { orders: setting("ORDERS_TABLE"), cards: setting("CARDS_TABLE") };
}

export function readOwnRegion(): string {
  return setting("AWS_REGION");
}

export function createOrderStore(): OrderStore {
  return new OrderStore(documentClient(), readOrderTables(), readOwnRegion());
}

export function readDeadlines(): Deadlines {
  return JSON.parse(setting("DEADLINES"));
}

export function createPaymentProvider(): HttpPaymentProvider {
  return new HttpPaymentProvider({
    endpoint: setting("PAYMENT_ENDPOINT"),
    apiKey: secret(setting("PAYMENT_KEY_PARAMETER")),
    timeoutMs: Number(setting("PAYMENT_TIMEOUT_MS")),
  });
}

export function createShippingProvider(): HttpShippingProvider {
  return new HttpShippingProvider({
    endpoint: setting("SHIPPING_ENDPOINT"),
    apiKey: secret(setting("SHIPPING_KEY_PARAMETER")),
    timeoutMs: Number(setting("SHIPPING_TIMEOUT_MS")),
  });
}

export function createTaskReply(): TaskReply {
  return new TaskReply(stepFunctions());
}

export function keyService(): KMSClient {
  return traced(new KMSClient(clientLimits));
}
