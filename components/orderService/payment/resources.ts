import type * as pulumi from "@pulumi/pulumi";
import type { PaymentProvider } from "../../../domain/order";
import type { ProviderAdapter } from "../adapter";
import { type HttpProviderArgs, validateHttpProvider } from "../httpContract/resources";
import { createHttpPayment } from "./http/resources";

/** Arguments of the payment provider; a second implementation joins as a union and is chosen below. */
export type PaymentArgs = HttpProviderArgs;

export const validatePayment = validateHttpProvider;

/** Creates the payment provider's settings. Only the chosen implementation becomes part of the bundles. */
export function createPayment(
  name: string,
  args: PaymentArgs,
  parent: pulumi.Resource,
): ProviderAdapter<PaymentProvider> {
  return createHttpPayment(name, args, parent);
}
