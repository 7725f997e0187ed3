import {
  afterCapture,
  afterRefund,
  afterVoid,
  type Deadlines,
  type OrderItem,
  type PaymentProvider,
  SIGNALS,
  type StepInput,
  type StepKnowledge,
} from "../../../../domain/order";
import type { OrderStore } from "../orderStore";
import { type Exit, type Performed, runStep } from "./stepRun";
import { StepSignal } from "./stepSignal";

export interface SettleInput extends StepInput {
  step: "capture" | "void" | "refund";
  /** In a customer's words, why the order is cancelled. */
  reason?: string;
}

export interface SettleDeps {
  store: OrderStore;
  payments: PaymentProvider;
  deadlines?: Deadlines;
}

/** Answers that each step starts with, because an earlier step has received them. */
const KNOWN: Record<SettleInput["step"], StepKnowledge> = {
  capture: {},
  void: { unpaid: true },
  refund: { captured: true, impossible: true },
};

class UnknownStep extends Error {
  override readonly name = "UnknownStep";

  constructor(step: string) {
    super(`This release has no step "${step}".`);
  }
}

/**
 * The steps Capture, Void and Refund (rules 6 and 7). Returns on the ordinary way; the others are signals that the
 * workflow catches.
 *
 * @param onRefundFailure called when the payment provider did not accept a refund; the workflow retries.
 */
export async function settleOrder(
  input: SettleInput,
  { store, payments, deadlines }: SettleDeps,
  onRefundFailure: () => void = () => {},
): Promise<void> {
  // Executions continue with definitions of other releases. A step that this one does not know fails with an alarm; the
  // sweeper restarts the order.
  if (!Object.hasOwn(KNOWN, input.step)) throw new UnknownStep(input.step);
  const exit = await runStep(input, {
    store,
    deadlines,
    known: KNOWN[input.step],
    perform: {
      capture: async (own): Promise<Performed> => afterCapture(await payments.capture(own)),
      void: async (own): Promise<Performed> => withReason(input.reason, own, afterVoid(await payments.void(own))),
      refund: async (own): Promise<Performed> => {
        const answer = await payments.refund(own).catch((error: unknown) => {
          onRefundFailure();
          throw error;
        });
        return { ...afterRefund(answer), changes: { shipment: { ...own.shipment, impossible: input.reason } } };
      },
    },
  });
  throwSignal(input.step, exit);
}

function withReason(reason: string | undefined, own: OrderItem, outcome: Performed): Performed {
  if (reason === undefined || outcome.kind !== "write") return outcome;
  return { ...outcome, changes: { payment: { ...own.payment, declined: reason } } };
}

function throwSignal(step: SettleInput["step"], exit: Exit): void {
  const next = exit.kind === "next" ? exit.action : undefined;
  if (next === "track") throw new StepSignal(SIGNALS.travelling);
  if (step === "capture" && exit.kind === "ended") throw new StepSignal(SIGNALS.ended);
  if (step === "void" && next === "ship") throw new StepSignal(SIGNALS.captured);
}
