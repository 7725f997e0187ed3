/** What may follow a status, and what a status means to those who decide. */
export interface StatusRule {
  /** The statuses that may follow in the same item. `SUPERSEDED` may follow any other. */
  readonly next: readonly OrderStatus[];
  /** The outside systems have answered once and for ever: a customer's cancel comes too late, a reader may rely on it. */
  readonly decided: boolean;
  /** Nothing follows any more; nobody has to look at the item again. */
  readonly final: boolean;
}

/** Every status an order item may have, in the order of a life without trouble. */
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

/** What a customer may see: an item that another Region's item outranks never speaks for the order. */
export type CustomerStatus = Exclude<OrderStatus, "SUPERSEDED">;

/**
 * The one table of statuses and transitions that closures, workflow and storefront share.
 *
 * - `PLACED`: accepted; nothing charged, nothing promised by an outside system.
 * - `PAID`: the payment is authorized, so the money is held; it is captured before anything is shipped.
 * - `SHIPPING`: captured, and the shipping system has accepted the parcel.
 * - `SHIPPED`: the parcel travels.
 * - `DELIVERED`, `CANCELLED`: the two ends. A cancelled order was never charged, or was refunded.
 * - `SUPERSEDED`: only in an item: the other Region's item speaks for this order.
 */
export const ORDER_STATUS_RULES: Readonly<Record<OrderStatus, StatusRule>> = {
  PLACED: { next: ["PAID", "SHIPPING", "CANCELLED", "SUPERSEDED"], decided: false, final: false },
  PAID: { next: ["SHIPPING", "CANCELLED", "SUPERSEDED"], decided: false, final: false },
  SHIPPING: { next: ["SHIPPED", "SUPERSEDED"], decided: true, final: false },
  SHIPPED: { next: ["DELIVERED", "SUPERSEDED"], decided: true, final: false },
  DELIVERED: { next: ["SUPERSEDED"], decided: true, final: true },
  CANCELLED: { next: ["SUPERSEDED"], decided: true, final: true },
  SUPERSEDED: { next: [], decided: false, final: true },
};

/** The way of an order without trouble, for a progress display. */
export const ORDER_PROGRESS = [
  "PLACED",
  "PAID",
  "SHIPPING",
  "SHIPPED",
  "DELIVERED",
] as const satisfies readonly CustomerStatus[];

/** Whether an item of status `from` may be written with status `to`. */
export function mayBecome(from: OrderStatus, to: OrderStatus): boolean {
  return ORDER_STATUS_RULES[from].next.includes(to);
}

/** The statuses from which `to` may be written: the condition of that write. */
export function statusesBefore(to: OrderStatus): OrderStatus[] {
  return ORDER_STATUSES.filter((from) => mayBecome(from, to));
}

export const isDecided = (status: OrderStatus): boolean => ORDER_STATUS_RULES[status].decided;

/** True of `DELIVERED`, `CANCELLED` and `SUPERSEDED`. */
export const isFinal = (status: OrderStatus): boolean => ORDER_STATUS_RULES[status].final;

/** Whether somebody still has to work on an item of this status; only such items stand in the index of open orders. */
export const isOpen = (status: OrderStatus): boolean => !ORDER_STATUS_RULES[status].final;
