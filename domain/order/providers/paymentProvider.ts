import type { OrderItem } from "../items";

/**
 * Port to a payment provider. Each call names the order and may be repeated: the provider acts once and then gives the same
 * answer. An implementation maps the provider's answers to the statuses below.
 *
 * Rejections: a `TransientError` if there was no answer, or one that the implementation does not know, so that the step
 * retries and never takes it for a success. Any other error means that the provider refused the call permanently.
 */
export interface PaymentProvider {
  authorize(order: PayableOrder, means: PaymentMeans): Promise<AuthorizeAnswer>;
  /** Reads the provider's record; requests no action. */
  read(order: PayableOrder): Promise<AuthorizeAnswer>;
  capture(order: PayableOrder): Promise<CaptureAnswer>;
  void(order: PayableOrder): Promise<VoidAnswer>;
  /** Gives everything back that is left of the captured amount, and decides the order: later authorizes and captures are refused. */
  refund(order: PayableOrder): Promise<RefundAnswer>;
  /**
   * Gives back a part of the captured amount, once for each `refundId`, and never more than is left. It decides nothing: the
   * payment stays captured, even when its parts are the whole. Rejects for a payment that is not captured yet.
   */
  refundPart(order: PayableOrder, part: RefundPart): Promise<PartialRefundAnswer>;
}

/** A part of an order's payment. */
export interface RefundPart {
  refundId: string;
  /** Minor units of the order's currency. */
  amount: number;
}

/** The part of an order that payment providers need. A provider declines a token that it keeps for another customer. */
export type PayableOrder = Pick<OrderItem, "orderId" | "customerId" | "createdAt" | "total" | "payment">;

/** Means of payment; `none` for a total of 0. */
export type PaymentMeans = { kind: "card"; card: Card } | { kind: "token"; token: string } | { kind: "none" };

export interface AuthorizeAnswer {
  /**
   * - `none`: the provider has no record of the order; only `read` gives it.
   * - `pending`: not decided, by the provider or by the customer. The order waits for a webhook, and reads again.
   */
  status: "none" | "pending" | "authorized" | "captured" | "declined" | "voided" | "refunded";
  reference?: string;
  card?: { brand: string; last4: string };
  reason?: string;
  /** Of a pending payment: page on which the customer confirms it to their bank (3-D Secure). See {@link isCustomerUrl}. */
  challengeUrl?: string;
}

/** True for an address that a customer may be sent to: over TLS, or on this machine. */
export function isCustomerUrl(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= 2_000 &&
    /^(https:\/\/[^/]|http:\/\/(127\.0\.0\.1|localhost)[:/])[!-~]*$/.test(value)
  );
}

export interface CaptureAnswer {
  status: "captured" | "voided" | "refunded";
}

/** A void is permanent: a later authorization is refused. */
export interface VoidAnswer {
  status: "voided" | "captured" | "refunded";
}

export interface RefundAnswer {
  status: "refunded";
}

export interface PartialRefundAnswer {
  /** `refused`, for good: it is more than is left, or the id was used with another amount. */
  status: "refunded" | "refused";
}

/** The card as payment providers take it. Never logged, never stored in clear, never part of an error. */
export interface Card {
  /** Digits only. */
  number: string;
  /** `MM/YY`. */
  expiry: string;
  code: string;
}
