/** Every status an order item may have, in the order of an undisturbed life. */
export const ORDER_STATUSES = [
  "PLACED",
  "PAID",
  "SHIPPING",
  "SHIPPED",
  "DELIVERED",
  "CANCELLED",
  "SUPERSEDED",
] as const;

export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** A status that customers may see: a superseded item is never the order's effective item. */
export type CustomerStatus = Exclude<OrderStatus, "SUPERSEDED">;

/** Everything that follows from a status. */
export interface StatusRule {
  /** The statuses that may follow in the same item. */
  readonly next: readonly OrderStatus[];
  /** The providers have answered for good: a cancellation comes too late, and readers may rely on the status. */
  readonly decided: boolean;
  /** End of the order with this status. Absent: the item is open, and an execution works on it. */
  readonly end?: "fulfilled" | "cancelled" | "superseded";
  /** The payment is authorized. */
  readonly paid: boolean;
  /**
   * The payment is captured for good, so that a part of it may be refunded. `PAID` is not: until the provider has captured, it would
   * refuse a refund that it may make later.
   */
  readonly refundable: boolean;
  /** Next action of an execution for an open item, unless an answer it has received decides otherwise. */
  readonly action?: "authorize" | "capture" | "track";
  /** The deadline after which the sweeper checks an open item. */
  readonly deadline?: "settlingSeconds" | "travellingSeconds";
  /**
   * The card item: needed for the authorization, deleted with the write of this status, or no longer there. Final
   * statuses delete it again, because a takeover from a stale copy may have restored it.
   */
  readonly card: "needed" | "deleted" | "absent";
  /**
   * When the wait item is deleted: in the transaction that writes the status, or in separate writes before it, at half
   * the price. Absent: it is kept.
   */
  readonly deletesWait?: "transaction" | "before";
  /** A station on the way of an undisturbed order, for progress displays. */
  readonly progress: boolean;
  /** Colour of the status on pages. */
  readonly look: "neutral" | "good" | "bad";
}

/**
 * The table of statuses and transitions that functions, workflow, storefront and console share. No other file compares
 * with a status.
 *
 * - `PLACED`: accepted; nothing charged, no provider has answered.
 * - `PAID`: the payment is authorized, so the money is held; it is captured before anything is shipped.
 * - `SHIPPING`: captured, and the shipping provider has accepted the parcel.
 * - `SHIPPED`: the parcel is on its way.
 * - `DELIVERED`, `CANCELLED`: the two ends. A cancelled order was never charged, or was refunded.
 * - `SUPERSEDED`: the peer Region's item is the effective one. Orders themselves never have this status.
 */
export const ORDER_STATUS_RULES: Readonly<Record<OrderStatus, StatusRule>> = {
  PLACED: {
    next: ["PAID", "SHIPPING", "CANCELLED", "SUPERSEDED"],
    decided: false,
    paid: false,
    refundable: false,
    action: "authorize",
    deadline: "settlingSeconds",
    card: "needed",
    progress: true,
    look: "neutral",
  },
  PAID: {
    next: ["SHIPPING", "CANCELLED", "SUPERSEDED"],
    decided: false,
    paid: true,
    refundable: false,
    action: "capture",
    deadline: "settlingSeconds",
    card: "deleted",
    progress: true,
    look: "neutral",
  },
  SHIPPING: {
    next: ["SHIPPED", "SUPERSEDED"],
    decided: true,
    paid: true,
    refundable: true,
    action: "track",
    deadline: "travellingSeconds",
    card: "absent",
    progress: true,
    look: "neutral",
  },
  SHIPPED: {
    next: ["DELIVERED", "SUPERSEDED"],
    decided: true,
    paid: true,
    refundable: true,
    action: "track",
    deadline: "travellingSeconds",
    card: "absent",
    progress: true,
    look: "neutral",
  },
  DELIVERED: {
    next: ["SUPERSEDED"],
    decided: true,
    end: "fulfilled",
    paid: true,
    refundable: true,
    card: "deleted",
    deletesWait: "before",
    progress: true,
    look: "good",
  },
  CANCELLED: {
    next: ["SUPERSEDED"],
    decided: true,
    end: "cancelled",
    paid: false,
    refundable: false,
    card: "deleted",
    deletesWait: "transaction",
    progress: false,
    look: "bad",
  },
  SUPERSEDED: {
    next: [],
    decided: false,
    end: "superseded",
    paid: false,
    refundable: false,
    card: "deleted",
    progress: false,
    look: "neutral",
  },
};

/** True of every status but `SUPERSEDED`. */
export function isCustomerStatus(status: OrderStatus): status is CustomerStatus {
  return ORDER_STATUS_RULES[status].end !== "superseded";
}

/** The statuses that customers may see. */
export const CUSTOMER_STATUSES: readonly CustomerStatus[] = ORDER_STATUSES.filter(isCustomerStatus);

/** The stations of an undisturbed order, for progress displays. */
export const ORDER_PROGRESS: readonly CustomerStatus[] = CUSTOMER_STATUSES.filter(
  (status) => ORDER_STATUS_RULES[status].progress,
);

/** The statuses for which an invoice is written. */
export const FULFILLED_STATUSES: readonly CustomerStatus[] = CUSTOMER_STATUSES.filter(isFulfilled);

/** True if an item of status `from` may be written with status `to`. */
export function mayBecome(from: OrderStatus, to: OrderStatus): boolean {
  return ORDER_STATUS_RULES[from].next.includes(to);
}

/** The statuses from which `to` may be written: the condition of that write. */
export function statusesBefore(to: OrderStatus): OrderStatus[] {
  return ORDER_STATUSES.filter((from) => mayBecome(from, to));
}

export const isDecided = (status: OrderStatus): boolean => ORDER_STATUS_RULES[status].decided;

/** True of `DELIVERED`, `CANCELLED` and `SUPERSEDED`. */
export const isFinal = (status: OrderStatus): boolean => ORDER_STATUS_RULES[status].end !== undefined;

/** True while an execution must work on the item; only such items are in the index of open orders. */
export const isOpen = (status: OrderStatus): boolean => !isFinal(status);

/** True of `DELIVERED`: the customer has the goods and gets an invoice. */
export function isFulfilled(status: OrderStatus): boolean {
  return ORDER_STATUS_RULES[status].end === "fulfilled";
}

/** True of `PLACED`: the payment is not authorized yet. */
export const awaitsPayment = (status: OrderStatus): boolean => ORDER_STATUS_RULES[status].action === "authorize";

/** True of `SHIPPING`, `SHIPPED` and `DELIVERED`: a part of the payment may be refunded. */
export const mayBeRefunded = (status: OrderStatus): boolean => ORDER_STATUS_RULES[status].refundable;

/** True of `CANCELLED`. */
export const isCancelled = (status: OrderStatus): boolean => ORDER_STATUS_RULES[status].end === "cancelled";

/** True if the write from `from` to `to` records the payment's authorization. A takeover's copy does not. */
export function recordsPayment(from: OrderStatus, to: OrderStatus): boolean {
  return mayBecome(from, to) && !ORDER_STATUS_RULES[from].paid && ORDER_STATUS_RULES[to].paid;
}
