/** The part of Stripe's objects that the stand-in keeps, under Stripe's names. */

export interface IntentRecord {
  id: string;
  object: "payment_intent";
  amount: number;
  amount_capturable: number;
  amount_received: number;
  capture_method: "manual";
  created: number;
  currency: string;
  customer: string | null;
  description: string | null;
  last_payment_error: null | { code: string; decline_code?: string; message: string; type: "card_error" };
  latest_charge: string | null;
  livemode: false;
  metadata: Record<string, string>;
  next_action: null | { type: "redirect_to_url"; redirect_to_url: { url: string; return_url: string } };
  payment_method: string | null;
  status: "requires_payment_method" | "requires_action" | "processing" | "requires_capture" | "succeeded" | "canceled";
}

export interface ChargeRecord {
  id: string;
  object: "charge";
  amount: number;
  amount_refunded: number;
  captured: boolean;
  payment_intent: string;
  payment_method_details: { type: "card"; card: { brand: string; last4: string } };
  refunded: boolean;
}

export interface RefundRecord {
  id: string;
  object: "refund";
  amount: number;
  charge: string;
  metadata: Record<string, string>;
  payment_intent: string;
  status: "succeeded" | "pending" | "failed";
}

export interface ProductRecord {
  id: string;
  object: "product";
  active: boolean;
  metadata: Record<string, string>;
  name: string;
}

/** A PaymentMethod, and what becomes of a payment by it. */
export interface MethodRecord {
  id: string;
  outcome: "approved" | "insufficient_funds" | "challenge-then-approved" | "challenge-then-declined";
  /** Set for a saved one. */
  customer?: { id: string; metadata: Record<string, string> };
}

export interface StripeAnswer {
  status: number;
  body: Record<string, unknown>;
}

export const refusal = (status: number, code: string, more: Record<string, unknown> = {}): StripeAnswer => ({
  status,
  body: { error: { type: status === 402 ? "card_error" : "invalid_request_error", code, message: code, ...more } },
});
