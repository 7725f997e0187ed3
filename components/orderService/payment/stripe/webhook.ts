import Stripe from "stripe";
import { problem, type RequestEvent } from "../../../../domain/http";
import { ORDER_ID_PATTERN, type WebhookReader } from "../../../../domain/order";
import { secret } from "../../../runtime/secrets";
import { setting } from "../../handlers/clients";

/** Age in seconds above which a signature is refused; it is Stripe's default. */
const TOLERANCE_SECONDS = 300;

/**
 * Accepts Stripe's events with a valid `stripe-signature` of one of the secrets: while a secret is rotated, both are valid. An
 * event is about the order in its object's metadata; its content is otherwise ignored.
 *
 * @param secrets separated by spaces.
 */
export function createStripeWebhookReader(secrets: () => Promise<string>): WebhookReader {
  const idForm = new RegExp(ORDER_ID_PATTERN);
  return async (request) => {
    const event = verify(request, (await secrets()).split(" "));
    if (event === "unsigned") {
      const detail =
        "Send events of Stripe with the header stripe-signature, made with one of the endpoint's signing secrets.";
      return { kind: "refused", response: problem(401, { title: "Signature not valid", detail }) };
    }
    const orderId = event && orderOf(event);
    return orderId !== undefined && idForm.test(orderId)
      ? { kind: "changed", orderId, webhookId: event!.id }
      : { kind: "ignored" };
  };
}

/** @returns undefined for what is signed and not an event. */
function verify(
  { body, isBase64Encoded, headers }: RequestEvent,
  secrets: readonly string[],
): Stripe.Event | "unsigned" | undefined {
  const text = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8").toString("utf8");
  const signature = headers["stripe-signature"] ?? "";
  for (const each of secrets) {
    try {
      return Stripe.webhooks.constructEvent(text, signature, each, TOLERANCE_SECONDS);
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return undefined;
    }
  }
  return "unsigned";
}

/** A signed body need not be an event of a known form. */
function orderOf(event: Partial<Stripe.Event>): string | undefined {
  const object = event.data?.object as { metadata?: Record<string, unknown> | null } | undefined;
  const orderId = object?.metadata?.["orderId"];
  return typeof orderId === "string" ? orderId : undefined;
}

export const connectStripeWebhooks = (): WebhookReader =>
  createStripeWebhookReader(secret(setting("STRIPE_SECRETS_PARAMETER")));
