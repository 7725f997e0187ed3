import type * as pulumi from "@pulumi/pulumi";
import type { ShippingProvider } from "../../../../domain/order";
import type { ProviderAdapter } from "../../adapter";
import { createHttpProvider, type HttpProviderArgs } from "../../httpContract/resources";
import { connectHttpShipping } from "./provider";
import { connectShippingWebhooks } from "./webhook";

export function createHttpShipping(
  name: string,
  args: HttpProviderArgs,
  parent: pulumi.Resource,
): ProviderAdapter<ShippingProvider> {
  return createHttpProvider(
    name,
    "SHIPPING",
    args,
    { calls: connectHttpShipping, webhooks: connectShippingWebhooks },
    parent,
  );
}
