import type { Call, Gate, GateOrder } from "./calls";
import type { OrderRecords, Pace } from "./contract";
import type { Fault, FaultOrder, ProviderName } from "./faults";

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
  /** Settles a pending payment now. */
  settlePayment(orderId: string): void;
  /** Sends the webhooks of an order again. Returns the providers that have a record of it. */
  redeliverWebhooks(orderId: string): ProviderName[];
  /** Changes the providers' delays from now on. */
  setPace(pace: Partial<Pace>): void;
  pace(): Pace;
  /** Stops the next call that matches until the gate is opened. */
  gate(order: GateOrder): Gate;
  /** Every call that arrived, oldest first (the last 20,000). */
  calls(): Call[];
  /** Records of both ledgers, by order. */
  allRecords(): OrderRecords[];
  /** Records of both ledgers for one order. */
  records(orderId: string): OrderRecords;
  /** Calls the listener at each change in either ledger. Returns a function that ends this. */
  onChange(listener: (orderId: string) => void): () => void;
}
