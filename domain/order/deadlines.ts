import { ORDER_STATUS_RULES, type OrderStatus } from "./status";

/** Time after a write until the sweeper checks that an execution still works on the order. */
export interface Deadlines {
  /** PLACED and PAID: longer than an execution needs with all its retries. Seconds. */
  settlingSeconds: number;
  /** SHIPPING and SHIPPED: longer than most parcels travel, so that the sweeper rarely reads them. Seconds. */
  travellingSeconds: number;
}

export const DEFAULT_DEADLINES: Deadlines = { settlingSeconds: 30 * 60, travellingSeconds: 7 * 24 * 3600 };

/** `sweepAt` of a parked order: later than every sweep. */
export const PARKED_SWEEP_AT = "9999-12-31T00:00:00.000Z";

/** Restarts in a row without a change of status after which an order is parked: a day at the default deadline. */
export const MAX_RESTARTS = 48;

/**
 * Returns the deadline of an item that is written `at` with another status. The earlier deadline stays while both statuses have the same
 * kind of deadline and more than half of its time is left: each new one costs two writes of the index of open orders in each Region.
 */
export function nextSweepAt(
  before: { status: OrderStatus; sweepAt?: string },
  status: OrderStatus,
  at: string,
  deadlines: Deadlines = DEFAULT_DEADLINES,
): string {
  const renewed = sweepAt(status, at, deadlines);
  const isSameKind = ORDER_STATUS_RULES[before.status].deadline === ORDER_STATUS_RULES[status].deadline;
  // A parked item's deadline is later than any other.
  if (before.sweepAt === undefined || !isSameKind || before.sweepAt > renewed) return renewed;
  const left = Date.parse(before.sweepAt) - Date.parse(at);
  return left * 2 > Date.parse(renewed) - Date.parse(at) ? before.sweepAt : renewed;
}

/** Returns the time when the sweeper checks an open item of this status that was written `at`; both ISO 8601 UTC. */
export function sweepAt(status: OrderStatus, at: string, deadlines: Deadlines = DEFAULT_DEADLINES): string {
  const seconds = deadlines[ORDER_STATUS_RULES[status].deadline ?? "settlingSeconds"];
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
}
