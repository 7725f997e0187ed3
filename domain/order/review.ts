import type { OrderItem } from "./items";
import type { Patience } from "./outcomes";
import { awaitsPayment } from "./status";

/** The part of an order that a store's own check gets: no card, and no token of one. */
export type ReviewedOrder = Pick<
  OrderItem,
  "orderId" | "customerId" | "lines" | "total" | "shippingMethod" | "taxes" | "shipping" | "contact" | "createdAt"
> & { payment: Pick<OrderItem["payment"], "kind" | "card" | "reference"> };

/** Answer of a store's own check. `review`: undecided, ask again later. */
export interface ReviewAnswer {
  decision: "accept" | "decline" | "review";
  /** In a customer's words, why the order is declined. Default: a sentence that names no reason. */
  reason?: string;
}

/** Decision for an order that the check has not decided within its limit. */
export type Undecided = "accept" | "decline";

export type ReviewOutcome = { kind: "accepted" } | { kind: "declined"; reason: string } | { kind: "wait" };

const NOT_ACCEPTED = "We cannot accept this order.";

export function toReviewedOrder(item: OrderItem): ReviewedOrder {
  const { orderId, customerId, lines, total, shippingMethod, taxes, shipping, contact, createdAt } = item;
  const { kind, card, reference } = item.payment;
  return {
    ...{ orderId, customerId, lines, total },
    ...(shippingMethod && { shippingMethod }),
    ...(taxes && { taxes }),
    ...{ shipping, contact, createdAt, payment: { kind, card, reference } },
  };
}

/**
 * Consequence of a check's answer. A decline takes the way of a declined payment: the order is voided, or shipped if the money
 * was captured before.
 *
 * @param answer `undefined` if the check failed or gave no answer: the same as `review`.
 */
export function afterReview(answer: ReviewAnswer | undefined, patience: Patience, undecided: Undecided): ReviewOutcome {
  if (answer?.decision === "accept") return { kind: "accepted" };
  if (answer?.decision === "decline") return { kind: "declined", reason: answer.reason || NOT_ACCEPTED };
  if (patience.waitedSeconds < patience.limitSeconds) return { kind: "wait" };
  return undecided === "accept" ? { kind: "accepted" } : { kind: "declined", reason: NOT_ACCEPTED };
}

/** Seconds since the order was paid. A restart or takeover of the order does not change them. */
export function secondsSincePaid(
  { history, updatedAt }: Pick<OrderItem, "history" | "updatedAt">,
  now: number,
): number {
  const paidAt = history.find(({ status }) => !awaitsPayment(status))?.at ?? updatedAt;
  return (now - Date.parse(paidAt)) / 1_000;
}
