import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { WebhookReader } from "../../../domain/order";
import { type ArgumentChecks, ENDPOINT } from "../../arguments/checks";
import { allow } from "../../inlineFunction";
import type { ProviderAdapter } from "../adapter";

/** A provider behind the HTTP contract of docs/providers.md: the order service calls it, and it calls the webhook. */
export interface HttpProviderArgs {
  /** `https://…`, without a trailing slash. */
  endpoint: pulumi.Input<string>;
  /** Sent as a bearer token. Kept as a SecureString parameter that only the steps that need it can read. */
  apiKey: pulumi.Input<string>;
  /** Signs the provider's webhooks (Standard Webhooks, `whsec_…`). Kept likewise. */
  webhookSecret: pulumi.Input<string>;
  /** Seconds without an answer after which a call counts as unanswered and is repeated; 1 to 10. Default: 8. */
  timeoutSeconds?: number;
}

/** Checks the arguments that are known before deployment. */
export function validateHttpProvider(
  checks: ArgumentChecks,
  argument: "payment" | "shipping",
  { endpoint, timeoutSeconds }: HttpProviderArgs,
): void {
  const reason = "a step's function stops after 30 seconds";
  checks.between({ [`${argument}.timeoutSeconds`]: timeoutSeconds }, [1, 10], reason);
  checks.text({ [`${argument}.endpoint`]: endpoint }, ENDPOINT, "card data and keys are sent to it");
}

/** @param prefix of the functions' environment variables. */
export function createHttpProvider<Provider>(
  name: string,
  prefix: "PAYMENT" | "SHIPPING",
  args: HttpProviderArgs,
  connect: { calls: () => Provider; webhooks: () => WebhookReader },
  parent: pulumi.Resource,
): ProviderAdapter<Provider> {
  const parameter = (part: string, value: pulumi.Input<string>) =>
    new aws.ssm.Parameter(
      `${name}-${part}`,
      { type: "SecureString", value, description: "Read by the functions of the order service that need it." },
      { parent },
    );
  const apiKey = parameter("api-key", args.apiKey);
  const webhookSecret = parameter("webhook-secret", args.webhookSecret);
  return {
    calls: {
      environment: {
        [`${prefix}_ENDPOINT`]: args.endpoint,
        [`${prefix}_KEY_PARAMETER`]: apiKey.name,
        [`${prefix}_TIMEOUT_MS`]: String((args.timeoutSeconds ?? 8) * 1_000),
      },
      grants: [allow(apiKey, "ssm:GetParameter")],
      connect: connect.calls,
    },
    webhooks: {
      environment: { [`${prefix}_SECRET_PARAMETER`]: webhookSecret.name },
      grants: [allow(webhookSecret, "ssm:GetParameter")],
      connect: connect.webhooks,
    },
  };
}
