import type { Operation, ProviderName } from "./faults";

/** One request that reached a provider. Contains no card data. */
export interface Call {
  system: ProviderName;
  operation: Operation;
  orderId: string;
  /** ISO 8601, UTC, of arrival. */
  at: string;
  /** Time of the effect; absent before it, or if a fault prevented it. */
  effectAt?: string;
  /** HTTP status of the answer; absent if the caller got none. */
  status?: number;
  /** Fault of this call. */
  fault?: string;
}

/** Call to stop, before or after its effect. */
export interface GateOrder {
  system: ProviderName;
  operation: Operation;
  /** Default: any order. */
  orderId?: string;
  when: "before" | "after";
  /** Stops every matching call, retries included. Default: the next one only. */
  every?: boolean;
}

/** A gate that holds matching calls until it is opened. */
export interface Gate {
  /** Resolves when a call waits at the gate. */
  reached: Promise<Call>;
  /** Lets later calls pass; those that wait go on waiting. */
  letOthersPass(): void;
  /** Lets all calls pass. Idempotent. */
  open(): void;
}

interface ClosedGate extends GateOrder {
  arrive: (call: Call) => void;
  opened: Promise<void>;
}

/** Holds calls at defined points, so that a test's schedule ("freeze here, take over, thaw") is deterministic. */
export class Gates {
  private closed: ClosedGate[] = [];

  close(order: GateOrder): Gate {
    const arrival = Promise.withResolvers<Call>();
    const opening = Promise.withResolvers<void>();
    const gate: ClosedGate = { ...order, arrive: arrival.resolve, opened: opening.promise };
    this.closed.push(gate);
    const letOthersPass = () => {
      this.closed = this.closed.filter((one) => one !== gate);
    };
    return {
      reached: arrival.promise,
      letOthersPass,
      open: () => {
        letOthersPass();
        opening.resolve();
      },
    };
  }

  /** Waits at the first closed gate that this call meets. */
  async pass(when: GateOrder["when"], call: Call): Promise<void> {
    const gate = this.closed.find(
      (one) =>
        one.when === when &&
        one.system === call.system &&
        one.operation === call.operation &&
        (one.orderId === undefined || one.orderId === call.orderId),
    );
    if (!gate) return;
    if (!gate.every) this.closed = this.closed.filter((one) => one !== gate);
    gate.arrive({ ...call });
    await gate.opened;
  }
}

const MOST_CALLS = 20_000;

/** The last calls, oldest first. */
export class CallLog {
  private calls: Call[] = [];

  add(call: Call): void {
    this.calls.push(call);
    if (this.calls.length > MOST_CALLS) this.calls = this.calls.slice(-MOST_CALLS / 2);
  }

  list(): Call[] {
    return this.calls.map((call) => ({ ...call }));
  }
}
