/** Polling with growing intervals. */
export interface Polling {
  /** Seconds until the first poll. */
  firstSeconds: number;
  /** By how much each wait is longer than the one before; at least 1. */
  factor: number;
  /** The longest wait, in seconds. */
  maxSeconds: number;
}

/** Retries after transient errors. Each wait is a random part of the time given here (full jitter). */
export interface Retrying {
  /** Seconds before the first retry, at most. */
  firstSeconds: number;
  factor: number;
  maxSeconds: number;
  /** Retries after the first attempt. */
  attempts: number;
}

/** Every wait and limit of the order workflow. */
export interface OrderWaits {
  /** While the payment provider reports “pending”; its webhook usually comes first. After the limit the order is given up. */
  payment: Polling & { limitSeconds: number };
  /** While the parcel travels; the shipping provider's webhook usually comes first. After `maxPolls` an operator must check. */
  delivery: Polling & { maxPolls: number };
  /** Of every step but the refund. When they are exhausted the execution fails and the sweeper starts another one. */
  retries: Retrying;
  /** Of the refund, which is tried for longer; if it keeps failing, an alarm is raised. */
  refundRetries: Retrying;
  /** The longest life of one execution, in seconds. */
  executionLimitSeconds: number;
}

const HOUR = 3_600;

/** Defaults: a payment may be pending for an hour, a parcel may travel for about four weeks. */
export const ORDER_WAITS: OrderWaits = {
  payment: { firstSeconds: 10, factor: 2, maxSeconds: 600, limitSeconds: HOUR },
  delivery: { firstSeconds: 900, factor: 1.5, maxSeconds: 12 * HOUR, maxPolls: 60 },
  retries: { firstSeconds: 2, factor: 2, maxSeconds: 60, attempts: 8 },
  refundRetries: { firstSeconds: 5, factor: 2, maxSeconds: 600, attempts: 10 },
  executionLimitSeconds: 60 * 24 * HOUR,
};

/** Step Functions keeps 25,000 events of an execution; a poll writes up to ten of them. */
export const MOST_POLLS = 60;
