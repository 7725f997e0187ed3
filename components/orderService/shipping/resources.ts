import type * as pulumi from "@pulumi/pulumi";
import type { ShippingProvider } from "../../../domain/order";
import type { ProviderAdapter } from "../adapter";
import { type HttpProviderArgs, validateHttpProvider } from "../httpContract/resources";
import { createHttpShipping } from "./http/resources";

/** Arguments of the shipping provider; a second implementation joins as a union and is chosen below. */
export type ShippingArgs = HttpProviderArgs;

export const validateShipping = validateHttpProvider;

/** Creates the shipping provider's settings. Only the chosen implementation becomes part of the bundles. */
export function createShipping(
  name: string,
  args: ShippingArgs,
  parent: pulumi.Resource,
): ProviderAdapter<ShippingProvider> {
  return createHttpShipping(name, args, parent);
}
