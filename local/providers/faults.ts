import { randomUUID } from "node:crypto";

/** The payment and the shipping provider. */
export type ProviderName = "payment" | "shipping";

/** Operations of a provider. The store calls all but `webhook`, which the provider sends. */
export type Operation = "authorize" | "capture" | "void" | "refund" | "refundPart" | "ship" | "read" | "webhook";

/** Operations by provider. */
export const operationsOf: Record<ProviderName, readonly Operation[]> = {
  payment: ["authorize", "capture", "void", "refund", "refundPart", "read", "webhook"],
  shipping: ["ship", "read", "webhook"],
};

/**
 * Kinds of fault in a call.
 *
 * - `unavailable`: answered with `status` (default 503), no effect
 * - `unavailable-after`: takes effect, then answered with `status` (default 503)
 * - `reset-before`, `reset-after`: the connection breaks, without or with effect
 * - `timeout-before`, `timeout-after`: no answer ever comes, without or with effect
 * - `unknown-answer`: takes effect, then answered 200 with a status that the contract does not have
 * - `late`: no answer comes; the call takes effect `ms` after its caller gave up
 * - `slow`: the right answer, `ms` late
 * - `decline`: an authorization is declined, whatever the card
 * - `impossible`: a shipment is refused, for all repeated calls too
 * - `drop`, `twice`: a webhook is lost, or sent twice
 */
export type FaultKind =
  | "unavailable"
  | "unavailable-after"
  | "reset-before"
  | "reset-after"
  | "timeout-before"
  | "timeout-after"
  | "unknown-answer"
  | "late"
  | "slow"
  | "decline"
  | "impossible"
  | "drop"
  | "twice";

/** Order for a fault. */
export interface FaultOrder {
  system: ProviderName;
  operation: Operation;
  kind: FaultKind;
  /** Number of calls that fail. Default 1; `"always"` until the fault is cleared. */
  times?: number | "always";
  /** Only calls for this order. Default: any order. */
  orderId?: string;
  /** Milliseconds, for `slow` (default 2,000) and `late` (default 1,000). */
  ms?: number;
  /** HTTP status for `unavailable` and `unavailable-after`. Default 503. */
  status?: number;
  /** Reason given with `decline` and `impossible`. */
  reason?: string;
}

/** An active fault. */
export interface Fault extends FaultOrder {
  id: string;
  /** Remaining calls. */
  left: number | "always";
}

const webhookKinds: readonly FaultKind[] = ["drop", "twice", "slow"];
const callKinds: readonly FaultKind[] = [
  "unavailable",
  "unavailable-after",
  "reset-before",
  "reset-after",
  "timeout-before",
  "timeout-after",
  "unknown-answer",
  "late",
  "slow",
];

/** The kinds of fault that an operation can have. */
export function faultKindsOf(operation: Operation): FaultKind[] {
  if (operation === "webhook") return [...webhookKinds];
  if (operation === "authorize") return [...callKinds, "decline"];
  if (operation === "ship") return [...callKinds, "impossible"];
  return [...callKinds];
}

/** The active faults, used in the order in which they were added. */
export class Faults {
  private inForce: Fault[] = [];

  /** @throws RangeError when the system has no such operation, or the operation no such fault. */
  order(order: FaultOrder): Fault {
    if (!operationsOf[order.system]?.includes(order.operation)) {
      throw new RangeError(`The ${order.system} system has no operation "${order.operation}".`);
    }
    if (!faultKindsOf(order.operation).includes(order.kind)) {
      throw new RangeError(
        `The operation "${order.operation}" has no fault "${order.kind}": give one of ${faultKindsOf(order.operation).join(", ")}.`,
      );
    }
    const times = order.times ?? 1;
    if (times !== "always" && !(Number.isInteger(times) && times > 0)) {
      throw new RangeError('`times` must be a positive whole number or "always".');
    }
    const fault: Fault = { ...order, id: randomUUID(), left: times };
    this.inForce.push(fault);
    return fault;
  }

  /** Returns the fault for this call, if any, and counts it as used. */
  take(system: ProviderName, operation: Operation, orderId: string): Fault | undefined {
    const fault = this.inForce.find(
      (one) =>
        one.system === system && one.operation === operation && (one.orderId === undefined || one.orderId === orderId),
    );
    if (fault && fault.left !== "always") {
      fault.left -= 1;
      if (fault.left === 0) this.clear(fault.id);
    }
    return fault;
  }

  /** Ends one fault, or all. */
  clear(id?: string): void {
    this.inForce = id === undefined ? [] : this.inForce.filter((fault) => fault.id !== id);
  }

  list(): Fault[] {
    return this.inForce.map((fault) => ({ ...fault }));
  }
}
