import type * as pulumi from "@pulumi/pulumi";
import type { PaymentProvider } from "../../../domain/order";
import type { ArgumentChecks } from "../../arguments/checks";
import type { ProviderAdapter } from "../adapter";
import { type HttpProviderArgs, validateHttpProvider } from "../httpContract/resources";
import { createHttpPayment } from "./http/resources";
import {
  type CheckoutElement,
  createStripePayment,
  type StripePaymentArgs,
  stripePaymentElement,
  validateStripe,
} from "./stripe/resources";

/** Arguments of the payment provider: `stripe({ … })`, or a provider behind the HTTP contract of docs/providers.md. */
export type PaymentArgs = HttpProviderArgs | StripePaymentArgs;

export function validatePayment(checks: ArgumentChecks, args: PaymentArgs): void {
  if ("kind" in args) validateStripe(checks, args);
  else validateHttpProvider(checks, "payment", args);
}

/** The provider's own card fields in the checkout; absent if the page encrypts cards. */
export function checkoutElement(args: PaymentArgs): CheckoutElement | undefined {
  return "kind" in args ? stripePaymentElement(args) : undefined;
}

/** Creates the payment provider's settings. Only the chosen implementation becomes part of the bundles. */
export function createPayment(
  name: string,
  args: PaymentArgs,
  parent: pulumi.Resource,
): ProviderAdapter<PaymentProvider> {
  return "kind" in args ? createStripePayment(name, args, parent) : createHttpPayment(name, args, parent);
}
