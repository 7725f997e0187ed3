import type * as pulumi from "@pulumi/pulumi";
import type { PaymentProvider } from "../../../../domain/order";
import type { ProviderAdapter } from "../../adapter";
import { createHttpProvider, type HttpProviderArgs } from "../../httpContract/resources";
import { connectHttpPayment } from "./provider";
import { connectPaymentWebhooks } from "./webhook";

export function createHttpPayment(
  name: string,
  args: HttpProviderArgs,
  parent: pulumi.Resource,
): ProviderAdapter<PaymentProvider> {
  return createHttpProvider(
    name,
    "PAYMENT",
    args,
    { calls: connectHttpPayment, webhooks: connectPaymentWebhooks },
    parent,
  );
}
