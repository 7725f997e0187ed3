import type { AuthorizeAnswer, CaptureAnswer, RefundAnswer, VoidAnswer } from "./providers/paymentProvider";
import type { ShipAnswer, ShipmentStatus } from "./providers/shippingProvider";
import type { OrderStatus } from "./status";
import type { StepKnowledge } from "./steps";

/** Consequence of a provider's answer. */
export type Outcome =
  | { kind: "write"; status: OrderStatus }
  /** Nothing to write yet: call `nextStep` again, with this. */
  | { kind: "known"; known: StepKnowledge }
  /** The provider has not decided: check again later. */
  | { kind: "wait" };

/** Time that an execution has waited for an answer, and its limit. */
export interface Patience {
  waitedSeconds: number;
  limitSeconds: number;
}

/**
 * Rule 5. `none` stands for a card that has not replicated to this Region, when the payment provider's record has no
 * authorization.
 */
export function afterAuthorize(answer: Pick<AuthorizeAnswer, "status">, patience: Patience): Outcome {
  switch (answer.status) {
    case "authorized":
    // A capture under an earlier epoch came first, so the order is PAID too.
    case "captured":
      return { kind: "write", status: "PAID" };
    case "declined":
    case "voided":
    case "refunded":
      return unpaid;
    case "pending":
    case "none":
      return patience.waitedSeconds >= patience.limitSeconds ? unpaid : { kind: "wait" };
  }
}

/** Rule 6. A refund is final too: an earlier epoch captured and refunded the payment. */
export function afterCapture(answer: Pick<CaptureAnswer, "status">): Outcome {
  return answer.status === "captured" ? { kind: "known", known: { captured: true } } : cancelled;
}

/** Rule 7. Captured already: too late to cancel, the order is shipped. */
export function afterVoid(answer: Pick<VoidAnswer, "status">): Outcome {
  return answer.status === "captured" ? { kind: "known", known: { captured: true } } : cancelled;
}

/** Rule 6. `impossible` is final at the shipping provider, so that every Region gets the same answer. */
export function afterShip(answer: Pick<ShipAnswer, "status">): Outcome {
  return answer.status === "accepted"
    ? { kind: "write", status: "SHIPPING" }
    : { kind: "known", known: { captured: true, impossible: true } };
}

/** Rule 6. */
export function afterRefund(_answer: Pick<RefundAnswer, "status">): Outcome {
  return cancelled;
}

/** Follows the shipping provider's record of a parcel. Each status is written, so that each is published. */
export function afterTrack(recorded: ShipmentStatus, own: OrderStatus): Outcome {
  if (own === "SHIPPING" && (recorded === "in-transit" || recorded === "delivered")) {
    return { kind: "write", status: "SHIPPED" };
  }
  if (own === "SHIPPED" && recorded === "delivered") return { kind: "write", status: "DELIVERED" };
  return { kind: "wait" };
}

const cancelled: Outcome = { kind: "write", status: "CANCELLED" };
const unpaid: Outcome = { kind: "known", known: { unpaid: true } };
