import type { Operation, ProviderName } from "./faults";

/** One request that reached a system, as its operator would see it in a log. Never a card. */
export interface Call {
  system: ProviderName;
  operation: Operation;
  orderId: string;
  /** ISO 8601, UTC, of arrival. */
  at: string;
  /** When it took effect; absent while it has not, or when a fault kept it from that. */
  effectAt?: string;
  /** The HTTP status answered; absent when the caller got no answer. */
  status?: number;
  /** The fault that met it. */
  fault?: string;
}

/** A call to stop at, and on which side of its effect. */
export interface GateOrder {
  system: ProviderName;
  operation: Operation;
  /** Default: any order. */
  orderId?: string;
  when: "before" | "after";
  /** Every call that matches, so that a caller who gives up and asks again stands there too. Default: the next one only. */
  every?: boolean;
}

/** A gate that holds matching calls until it is opened. */
export interface Gate {
  /** Resolves when a call stands at the gate. */
  reached: Promise<Call>;
  /** Calls that come from now on do not stop; those that stand there go on standing. */
  letOthersPass(): void;
  /** Lets all go on. Opening twice does nothing. */
  open(): void;
}

interface ClosedGate extends GateOrder {
  arrive: (call: Call) => void;
  opened: Promise<void>;
}

/** Holds calls where a test wants them, so that a schedule ("freeze here, take over, thaw") is no matter of luck. */
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

/** The last calls, oldest first. */
export class CallLog {
  private calls: Call[] = [];

  constructor(private readonly limit = 20_000) {}

  add(call: Call): void {
    this.calls.push(call);
    if (this.calls.length > this.limit) this.calls = this.calls.slice(-this.limit / 2);
  }

  list(): Call[] {
    return this.calls.map((call) => ({ ...call }));
  }
}
