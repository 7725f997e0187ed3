import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PaymentElement, PaymentOrigins, PaymentProvider } from "../../../../domain/order";
import { type ArgumentChecks, ENDPOINT } from "../../../arguments/checks";
import { allow } from "../../../inlineFunction";
import type { ProviderAdapter } from "../../adapter";

/** A payment provider's own card fields in the checkout. */
export interface CheckoutElement {
  /** For the page's public settings. */
  settings: pulumi.Output<PaymentElement>;
  /** For the page's content security policy: `paymentOrigins` of `StaticSite`. */
  origins: PaymentOrigins;
}

export interface StripeArgs {
  /** A restricted or secret key: `rk_live_…`. Kept as a SecureString parameter that only the steps that need it can read. */
  apiKey: pulumi.Input<string>;
  /**
   * Signing secrets of the webhook endpoint, `whsec_…`; kept likewise. During a rotation, the old one and the new one. The
   * endpoint is `/api/orders/webhooks/payment` of the store, with the events `payment_intent.*`.
   */
  webhookSecrets: pulumi.Input<string>[];
  /**
   * Page of the store that customers return to after a challenge of their bank (3-D Secure); `{orderId}` stands for the
   * order: `https://www.example.com/orders/{orderId}?new`.
   */
  returnUrl: pulumi.Input<string>;
  /**
   * Publishable key, `pk_…`, which every visitor reads: the checkout then has Stripe's Payment Element, and orders carry tokens. Default:
   * none; the page encrypts cards, and Stripe must permit raw card data.
   */
  publishableKey?: pulumi.Input<string>;
  /** Seconds without an answer after which a call counts as unanswered and is repeated; 1 to 10. Default: 8. */
  timeoutSeconds?: number;
  /** Address of a stand-in for Stripe's API. Default: Stripe's. */
  endpoint?: string;
}

/** Chooses Stripe as the payment provider: made by {@link stripe}. */
export interface StripePaymentArgs extends StripeArgs {
  kind: "stripe";
}

/**
 * Chooses Stripe as the payment provider of an `OrderService`.
 *
 * @example
 * const orders = new OrderService("orders", {
 *   auth,
 *   catalogue: search.products,
 *   payment: stripe({ apiKey, webhookSecrets: [webhookSecret], returnUrl: "https://www.example.com/orders/{orderId}?new" }),
 *   shipping: { endpoint: "https://shipping.example.com", apiKey, webhookSecret },
 *   mail: { from: "orders@example.com" },
 * });
 */
export const stripe = (args: StripeArgs): StripePaymentArgs => ({ kind: "stripe", ...args });

/** Checks the arguments that are known before deployment. */
export function validateStripe(checks: ArgumentChecks, args: StripePaymentArgs): void {
  const reason = "a step's function stops after 30 seconds";
  checks.between({ "payment.timeoutSeconds": args.timeoutSeconds }, [1, 10], reason);
  checks.text({ "payment.endpoint": args.endpoint }, ENDPOINT, "keys are sent to it");
  checks.text({ "payment.returnUrl": args.returnUrl }, PAGE);
  checkSecret(checks, "payment.apiKey", args.apiKey, /^(sk|rk)_\S+$/, "a secret or restricted key, sk_… or rk_…");
  if (args.publishableKey !== undefined) {
    checkSecret(checks, "payment.publishableKey", args.publishableKey, PUBLISHABLE_KEY, "a publishable key, pk_…");
  }
  checks.notEmpty(
    { "payment.webhookSecrets": args.webhookSecrets },
    "have one signing secret, or two during a rotation",
  );
  for (const [index, each] of args.webhookSecrets.entries()) {
    checkSecret(checks, `payment.webhookSecrets[${index}]`, each, /^whsec_\S+$/, "a signing secret, whsec_…");
  }
}

/** No error shows a secret's value. */
function checkSecret(checks: ArgumentChecks, argument: string, value: unknown, pattern: RegExp, form: string): void {
  if (typeof value !== "string" || pattern.test(value)) return;
  throw checks.violation(argument, "has another form", `be ${form}`);
}

const PAGE = {
  pattern: /^https?:\/\/\S+$/,
  description: "the address of a page, such as https://www.example.com/orders/{orderId}?new",
};

const PUBLISHABLE_KEY = /^pk_\w+$/;

/** Origins that Stripe names for Stripe.js: https://docs.stripe.com/security/guide#content-security-policy, read in November 2026. */
const STRIPE_ORIGINS: PaymentOrigins = {
  scripts: ["https://js.stripe.com", "https://*.js.stripe.com"],
  frames: ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
  connections: ["https://api.stripe.com"],
};

/** The Payment Element's settings for the page, and its origins. Without a publishable key there is none. */
export function stripePaymentElement({ publishableKey }: StripePaymentArgs): CheckoutElement | undefined {
  if (publishableKey === undefined) return undefined;
  const settings = pulumi.output(publishableKey).apply((key): PaymentElement => {
    // A key that is known only now. Another kind of key would be published, and no error shows it.
    if (!PUBLISHABLE_KEY.test(key))
      throw new pulumi.RunError("`payment.publishableKey` must be a publishable key, pk_….");
    return { kind: "stripe", publishableKey: key };
  });
  return { settings, origins: STRIPE_ORIGINS };
}

export function createStripePayment(
  name: string,
  { apiKey, webhookSecrets, returnUrl, timeoutSeconds = 8, endpoint }: StripePaymentArgs,
  parent: pulumi.Resource,
): ProviderAdapter<PaymentProvider> {
  // Loaded here, so that a program without Stripe does not load its package (95 ms of processor time).
  const { connectStripePayment } = require("./provider") as typeof import("./provider");
  const { connectStripeWebhooks } = require("./webhook") as typeof import("./webhook");
  const parameter = (part: string, value: pulumi.Input<string>) =>
    new aws.ssm.Parameter(
      `${name}-${part}`,
      { type: "SecureString", value, description: "Read by the functions of the order service that need it." },
      { parent },
    );
  const key = parameter("api-key", apiKey);
  const secrets = parameter(
    "webhook-secrets",
    pulumi.all(webhookSecrets).apply((all) => all.join(" ")),
  );
  return {
    calls: {
      environment: {
        STRIPE_KEY_PARAMETER: key.name,
        STRIPE_TIMEOUT_MS: String(timeoutSeconds * 1_000),
        STRIPE_RETURN_URL: returnUrl,
        ...(endpoint !== undefined && { STRIPE_ENDPOINT: endpoint }),
      },
      grants: [allow(key, "ssm:GetParameter")],
      connect: connectStripePayment,
    },
    webhooks: {
      environment: { STRIPE_SECRETS_PARAMETER: secrets.name },
      grants: [allow(secrets, "ssm:GetParameter")],
      connect: connectStripeWebhooks,
    },
  };
}
