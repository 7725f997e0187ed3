/**
 * Errors with which a step reports an exception to the workflow. The workflow's `Catch` and `Retry` are
 * written with them, so that the ordinary way costs one transition a step and no choice in between.
 */
export const SIGNALS = {
  /** A provider did not answer, or can't now: retry the step. */
  transient: "Transient",
  /** The awaited record may have changed: check again. */
  woken: "Woken",
  /** Nothing is left to do for this execution: the order is finished, or another execution's. */
  ended: "Ended",
  /** The payment will not come, or the customer cancelled: void. */
  unpaid: "Unpaid",
  /** Voiding came too late: the money is taken, so the order is shipped. */
  captured: "Captured",
  /** The shipping provider will never ship this order: refund. */
  impossible: "Impossible",
  /** The parcel travels already: this execution follows one that died on the way. */
  travelling: "Travelling",
  /** The store's own check has not decided: ask it again. */
  underReview: "UnderReview",
  /** Not delivered after the last check. */
  overdue: "Overdue",
} as const;

export type Signal = (typeof SIGNALS)[keyof typeof SIGNALS];

/** Input of an execution. By rule 3 it follows from the item alone, so a repeated start is the same start. */
export interface ExecutionInput {
  orderId: string;
  epoch: number;
  /** ISO 8601 UTC: when the epoch's item was written. */
  startedAt: string;
  /** Number of checks that the waiting step has made. */
  polls: number;
}

/** Input of each step. */
export interface StepInput extends ExecutionInput {
  step: StepName;
  /** Present in the steps that wait. */
  token?: string;
  /** The step captures the payment too. The definition decides it, because Ship relies on it: an execution keeps its definition. */
  captures?: boolean;
}

export type StepName = "authorize" | "review" | "capture" | "void" | "ship" | "refund";
