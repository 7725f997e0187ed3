import type { Signal } from "../../../../domain/order/signals";

/** Thrown by a step's function: the workflow catches it by name and goes another way than the ordinary one. */
export class StepSignal extends Error {
  override readonly name: Signal;

  /** @param reason information for the next step; it stands in the execution's history, so nothing secret. */
  constructor(signal: Signal, reason = "") {
    super(reason);
    this.name = signal;
  }
}
