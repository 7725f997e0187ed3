import { metricEmitter } from "../../runtime/metrics";

/** `service` dimension of the order service's own metrics; their namespace is in the environment (`infrastructure/metricsNamespace`). */
export const METRICS_SERVICE = "orders";

/** Metrics that the functions count themselves. */
export type OrderMetric =
  | "OrdersPlaced"
  | "RefundsFailed"
  | "ShippingUnanswered"
  | "OrdersRestarted"
  /** Orders that the sweeper has restarted too often; an operator must act. */
  | "OrdersParked"
  | "StreamRecordsFailed"
  /** Order items of a Region that is neither this one nor a peer. */
  | "ItemsOfUnknownRegion"
  /** From an order's placing to its authorized payment. */
  | "PaidAfterSeconds"
  | "OrdersTakenOver"
  /** Orders of a lost Region that a run of the takeover did not reach or failed to take over. */
  | "TakeoverRemaining"
  /** Duration of a run of the takeover. */
  | "TakeoverSeconds";

/** Creates the function that counts, or measures seconds. */
export function createCounter(): (metric: OrderMetric, count?: number) => void {
  const emit = metricEmitter<OrderMetric>(METRICS_SERVICE);
  return (metric, count = 1) => emit({ [metric]: count });
}
