import Stripe from "stripe";
import { type AuthorizeAnswer, type CaptureAnswer, isCustomerUrl } from "../../../../domain/order";
import { TransientError } from "../../../runtime/transientError";
import { ProviderRefusal } from "../../handlers/steps/providerRefusal";

/** Maps a PaymentIntent with its expanded `latest_charge.refunds`. A state that is not known here is never taken for an answer. */
export function toAuthorizeAnswer(intent: Stripe.PaymentIntent): AuthorizeAnswer {
  const answer = { reference: intent.id, ...cardOf(intent) };
  switch (intent.status) {
    case "requires_payment_method":
    case "requires_confirmation": {
      const error = intent.last_payment_error;
      if (!error) return { status: "none" };
      return { ...answer, status: "declined", reason: toReason(error.decline_code ?? error.code) };
    }
    case "requires_action": {
      const url = intent.next_action?.redirect_to_url?.url;
      return { ...answer, status: "pending", ...(isCustomerUrl(url) && { challengeUrl: url }) };
    }
    case "processing":
      return { ...answer, status: "pending" };
    case "requires_capture":
      return { ...answer, status: "authorized" };
    default:
      return { ...answer, ...toSettled(intent) };
  }
}

/** Maps a PaymentIntent that capture or void has decided. */
export function toSettled(intent: Stripe.PaymentIntent): CaptureAnswer {
  if (intent.status === "canceled") return { status: "voided" };
  if (intent.status === "succeeded" && typeof intent.latest_charge === "object" && intent.latest_charge) {
    return { status: isRefundedAsWhole(intent.latest_charge) ? "refunded" : "captured" };
  }
  throw new TransientError(`The PaymentIntent ${intent.id} has the status “${intent.status}”, which decides nothing.`);
}

/** True unless the charge is refunded in parts, which decide nothing about the order even if they are the whole. */
function isRefundedAsWhole(charge: Stripe.Charge): boolean {
  return charge.refunded && (!charge.refunds?.data.length || findWholeRefund(charge) !== undefined);
}

/** Finds the refund of the whole: of the newest ten, which Stripe lists with the charge, it is the last that can be made. */
export function findWholeRefund(charge: Stripe.PaymentIntent["latest_charge"]): Stripe.Refund | undefined {
  const refunds = typeof charge === "object" ? (charge?.refunds?.data ?? []) : [];
  return refunds.find((refund) => isStanding(refund) && refund.metadata?.["refundId"] === undefined);
}

/** True of a refund that was made or may still be made. */
export const isStanding = ({ status }: Stripe.Refund): boolean => status !== "failed" && status !== "canceled";

/** True if capture or void has decided the PaymentIntent. */
export const isSettled = ({ status }: Stripe.PaymentIntent): boolean => status === "canceled" || status === "succeeded";

function cardOf({ latest_charge: charge }: Stripe.PaymentIntent): Pick<AuthorizeAnswer, "card"> {
  const card = typeof charge === "object" ? charge?.payment_method_details?.card : undefined;
  return card?.brand && card.last4 ? { card: { brand: card.brand, last4: card.last4 } } : {};
}

/** Stripe's codes by the reasons of `domain/order/providers/declines.ts`. */
const REASONS: Readonly<Record<string, string>> = {
  insufficient_funds: "insufficient_funds",
  expired_card: "expired_card",
  incorrect_cvc: "incorrect_code",
  invalid_cvc: "incorrect_code",
  incorrect_number: "incorrect_number",
  invalid_number: "incorrect_number",
  invalid_expiry_month: "invalid_expiry",
  invalid_expiry_year: "invalid_expiry",
  authentication_required: "authentication_failed",
  payment_intent_authentication_failure: "authentication_failed",
};

/**
 * Reason of a decline for the customer. Other codes become one reason: Stripe asks not to show those of lost, stolen or
 * suspicious cards (https://docs.stripe.com/declines/codes).
 */
export const toReason = (code: string | null | undefined): string => REASONS[code ?? ""] ?? "card_declined";

/**
 * Maps what a call to Stripe threw. No answer, 409, 429, 5xx and unreadable answers are transient; any other 4xx is a refusal for
 * good. Neither message nor cause keeps the request, and so no card.
 */
export function toPortError(call: string, error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { type, code, statusCode, requestId } = error;
  const details = [statusCode, code, requestId].filter((each) => each !== undefined).join(", ");
  const message = `${call} failed at Stripe with ${type}${details ? ` (${details})` : ""}.`;
  const isTransient =
    error instanceof Stripe.errors.StripeConnectionError ||
    error instanceof Stripe.errors.StripeAPIError ||
    error instanceof Stripe.errors.StripeRateLimitError;
  return isTransient ? new TransientError(message) : new ProviderRefusal(message);
}
