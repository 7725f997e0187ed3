/**
 * The names by which a step tells the workflow what is not the ordinary way on. The workflow's `Catch` and `Retry` are
 * written with them, so that the ordinary way costs one transition a step and no choice in between.
 */
export const SIGNALS = {
  /** A provider did not answer, or can't now: retry the step. */
  transient: "Transient",
  /** Something has happened to what the step waits for: check again. */
  woken: "Woken",
  /** Nothing is left to do for this execution: the order is finished, or another execution's. */
  ended: "Ended",
  /** The payment will not come, or the customer cancelled: void. */
  unpaid: "Unpaid",
  /** Voiding came too late: the money is taken, so the order is shipped. */
  captured: "Captured",
  /** The shipping system will never ship this order: refund. */
  impossible: "Impossible",
  /** The parcel travels already: this execution follows one that died on the way. */
  travelling: "Travelling",
  /** Asked for as often as may be, and still not delivered. */
  overdue: "Overdue",
} as const;

export type Signal = (typeof SIGNALS)[keyof typeof SIGNALS];

/** What an execution starts with: by rule 3 it follows from the item alone, so a repeated start is the same start. */
export interface ExecutionInput {
  orderId: string;
  epoch: number;
  /** ISO 8601 UTC: when the epoch's item was written. */
  startedAt: string;
  /** How often the step that waits has looked already. */
  polls: number;
}

/** What each step is called with. */
export interface StepInput extends ExecutionInput {
  step: StepName;
  /** Present in the steps that wait. */
  token?: string;
}

export type StepName = "authorize" | "capture" | "void" | "ship" | "refund" | "await-delivery";
