import type { Call, Gate, GateOrder } from "./calls";
import type { OrderRecords, Pace } from "./contract";
import type { Fault, FaultOrder } from "./faults";

/** Controls of both providers for tests and for the console. */
export interface ProviderControls {
  /** Orders a fault. @throws RangeError when there is no such operation or fault. */
  fault(order: FaultOrder): Fault;
  /** Ends one fault, or all. */
  clearFaults(id?: string): void;
  faults(): Fault[];
  /** Keeps the shipping status of one order, or of all, where it is. */
  holdShipments(orderId?: string): void;
  releaseShipments(orderId?: string): void;
  holds(): { all: boolean; orderIds: string[] };
  /** Changes how fast the outside world moves, from now on. */
  setPace(pace: Partial<Pace>): void;
  pace(): Pace;
  /** Stops the next call that matches until the gate is opened. */
  gate(order: GateOrder): Gate;
  /** Every call that arrived, oldest first (the last 20,000). */
  calls(): Call[];
  /** Both books, by order. */
  books(): OrderRecords[];
  /** Both books on one order. */
  book(orderId: string): OrderRecords;
  /** Hears of each change in either book. Returns what ends it. */
  onChange(listener: (orderId: string) => void): () => void;
}
