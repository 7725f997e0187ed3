import type { RequestEvent } from "../../domain/http";
import type { PaymentMeans, PaymentProvider, WebhookReader } from "../../domain/order";

/** The calls of the port. */
export type PaymentOperation = "authorize" | "capture" | "void" | "refund" | "refundPart" | "read";

/**
 * Faults of one call, each with its effect on the provider's record:
 *
 * - `refused-before`, `refused-after`: an answer that says "try again later" (429 or 5xx), without or with effect
 * - `timeout-before`, `timeout-after`: no answer within the adapter's time-out, without or with effect
 * - `unknown-answer`: with effect, and an answer that is a success by its form, with a content that the adapter does not know
 */
export const PAYMENT_FAULTS = [
  "refused-before",
  "refused-after",
  "timeout-before",
  "timeout-after",
  "unknown-answer",
] as const;

/** `late` is `timeout-before` of a call that takes effect some time after its caller has given up. */
export type PaymentFault = (typeof PAYMENT_FAULTS)[number] | "late";

/** State of one order by the provider's own record. */
export interface PaymentTotals {
  authorizations: number;
  captures: number;
  /** Whole and partial ones. */
  refunds: number;
  /** Captures less refunds, in minor units of the order's currency. */
  paidAmount: number;
}

/**
 * An adapter under test beside the provider that it talks to: a test account, or a stand-in for one. The rules use
 * new order ids, so one stand serves them all.
 */
export interface PaymentStand {
  provider: PaymentProvider;
  /** Reader of the provider's webhooks. */
  readWebhook: WebhookReader;
  /** ISO 4217: a currency that the provider charges in. */
  currency: string;
  /** An amount in minor units that the provider charges without limits or rounding. Default: 1999. */
  amount?: number;
  /** Means of payment of this customer, by what becomes of them. */
  means(customerId: string): {
    approved: PaymentMeans;
    declined: PaymentMeans;
    /** Left undecided until `settle`; then approved, or declined. */
    pendingThenApproved: PaymentMeans;
    pendingThenDeclined: PaymentMeans;
    /** A token that is kept for another customer, or that does not exist. */
    foreign: PaymentMeans;
  };
  /** Has the next call of this operation for this order fail. */
  failNext(orderId: string, operation: PaymentOperation, fault: PaymentFault): Promise<void>;
  /** Payments that the customer confirms to their bank (3-D Secure). Absent for a provider without them. */
  challenge?: {
    /** Left undecided, with a page for the customer, until `answer`. */
    means(customerId: string): PaymentMeans;
    /** Answers on the page of the order as the customer does, open or not, and resolves when the record has changed, if it may. */
    answer(orderId: string, answer: "confirmed" | "refused"): Promise<void>;
  };
  /** Lets bank or customer decide about a pending payment, and resolves when the record has changed, if it may. */
  settle(orderId: string): Promise<void>;
  /** Resolves when a `late` call about this order has reached the record. */
  afterLateCall(orderId: string): Promise<void>;
  /** Webhooks that the provider has sent about this order, oldest first, as the order API receives them. */
  webhooks(orderId: string): Promise<RequestEvent[]>;
  totals(orderId: string): Promise<PaymentTotals>;
}
