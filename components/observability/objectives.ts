import { ArgumentChecks } from "../arguments/checks";
import { withDefaults } from "../arguments/overrides";

/** Service level objectives over 30 days. docs/objectives.md describes how each is measured. */
export interface Objectives {
  /** Share of order submissions without a fault of the store, 0.95 to 0.9999. */
  ordersAccepted: number;
  /** Share of searches and suggestions without a fault of the store, 0.95 to 0.9999. */
  searchAnswered: number;
  /** p99 latency of the order API, in ms. */
  orderLatencyMs: number;
  /** p99 latency of the catalogue API, in ms. */
  searchLatencyMs: number;
  /** p95 of the time from placed to paid, in seconds. */
  paidWithinSeconds: number;
}

export const OBJECTIVES: Objectives = {
  ordersAccepted: 0.999,
  searchAnswered: 0.999,
  orderLatencyMs: 1_500,
  searchLatencyMs: 1_000,
  paidWithinSeconds: 60,
};

/** Burn rate of an error budget that raises an alarm, in two windows, so that a finished incident does not page. */
export interface BurnRate {
  name: "fast" | "slow" | "creeping";
  /** Multiple of the rate that exhausts the budget of 30 days in 30 days. */
  rate: number;
  longSeconds: number;
  shortSeconds: number;
}

/** 2 % of the budget in an hour, 5 % in six, 10 % in a day: Google's SRE Workbook, chapter 5. */
export const BURN_RATES: readonly BurnRate[] = [
  { name: "fast", rate: 14.4, longSeconds: 3_600, shortSeconds: 300 },
  { name: "slow", rate: 6, longSeconds: 6 * 3_600, shortSeconds: 1_800 },
  { name: "creeping", rate: 3, longSeconds: 24 * 3_600, shortSeconds: 2 * 3_600 },
];

/** Share of faults above which a budget burns at `rate`. */
export const faultShare = (objective: number, rate: number): number => Number(((1 - objective) * rate).toPrecision(6));

/** Merges the caller's objectives with the defaults and checks them. */
export function resolveObjectives(name: string, changes?: Partial<Objectives>): Objectives {
  const checks = new ArgumentChecks("Observability", name);
  checks.fields("objectives", changes, OBJECTIVES);
  const objectives = withDefaults(OBJECTIVES, changes);
  const { ordersAccepted, searchAnswered, orderLatencyMs, searchLatencyMs, paidWithinSeconds } = objectives;
  checks.between(
    { "objectives.ordersAccepted": ordersAccepted, "objectives.searchAnswered": searchAnswered },
    [0.95, 0.9999],
    "below it the fast burn rate could need more faults than there are requests",
  );
  checks.above(
    {
      "objectives.orderLatencyMs": orderLatencyMs,
      "objectives.searchLatencyMs": searchLatencyMs,
      "objectives.paidWithinSeconds": paidWithinSeconds,
    },
    0,
  );
  return objectives;
}
