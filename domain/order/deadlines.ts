import type { OrderStatus } from "./status";

/** How long after a write the sweeper looks whether somebody still works on an order. */
export interface Deadlines {
  /** PLACED and PAID: longer than an execution needs with all its retries. Seconds. */
  settlingSeconds: number;
  /** SHIPPING and SHIPPED: longer than most parcels travel, so that the sweeper does not look at them at all. Seconds. */
  travellingSeconds: number;
}

export const DEFAULT_DEADLINES: Deadlines = { settlingSeconds: 30 * 60, travellingSeconds: 7 * 24 * 3600 };

/** When the sweeper looks at an open item of this status that was written `at`; both ISO 8601 UTC. */
export function sweepAt(status: OrderStatus, at: string, deadlines: Deadlines = DEFAULT_DEADLINES): string {
  const travelling = status === "SHIPPING" || status === "SHIPPED";
  const seconds = travelling ? deadlines.travellingSeconds : deadlines.settlingSeconds;
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
}
