import { randomUUID } from "node:crypto";
import { isDecided, type OrderStatus } from "../../../domain/order";
import type { Gate, GateOrder, Providers } from "../../../local/providers";
import type { Customers } from "./customers";
import { eventually, type Shopper } from "./shopper";

/** A step of the workflow at which an order waits when the failure occurs. The response of an unanswered call is held back. */
export type Stage =
  | "authorize, not yet done"
  | "authorize, done and unanswered"
  | "capture, not yet done"
  | "capture, done and unanswered"
  | "ship, not yet done"
  | "ship, done and unanswered"
  | "parcel on its way"
  | "void, not yet done"
  | "void, done and unanswered"
  | "refund, not yet done"
  | "refund, done and unanswered";

export const STAGES: readonly Stage[] = [
  "authorize, not yet done",
  "authorize, done and unanswered",
  "capture, not yet done",
  "capture, done and unanswered",
  "ship, not yet done",
  "ship, done and unanswered",
  "parcel on its way",
  "void, not yet done",
  "void, done and unanswered",
  "refund, not yet done",
  "refund, done and unanswered",
];

type Step = "authorize" | "capture" | "ship" | "void" | "refund";

/** An order that waits at its stage. */
export interface Staged {
  stage: Stage;
  orderId: string;
  /** Lets later calls pass the gate, so that the peer Region can continue. */
  letOthersPass(): void;
  /** Lets the waiting call continue. */
  release(): void;
}

export interface Staging {
  shopper: Shopper;
  customers: Customers;
  providers: Providers;
  /** The Region in which the order is placed. */
  region: string;
  /** Retries of the call wait at the gate too. Default: false, a retry passes. */
  every?: boolean;
}

/**
 * Places an order in a Region and waits until it reaches a stage: the call is on its way to the provider, or its
 * response is on its way back. After the failure, the response may find its caller gone.
 */
export async function stage(at: Stage, { shopper, customers, providers, region, every }: Staging): Promise<Staged> {
  const { controls } = providers;
  const key = randomUUID();
  const orderId = shopper.orderIdOf(key);
  const place = () => customers.order(shopper, region, key);
  if (at === "parcel on its way") {
    controls.holdShipments(orderId);
    await place();
    await eventually(
      `${orderId} is at "${at}"`,
      async () => {
        const status = await shopper.statusOf(orderId, region);
        return status !== undefined && isDecided(status as OrderStatus);
      },
      limitMs,
    );
    return { stage: at, orderId, letOthersPass: () => undefined, release: () => controls.releaseShipments(orderId) };
  }

  const [step, moment] = at.split(", ") as [Step, string];
  const when = moment === "not yet done" ? "before" : "after";
  const gateOf = (operation: Step, side: GateOrder["when"] = when) =>
    controls.gate({ system: operation === "ship" ? "shipping" : "payment", operation, orderId, when: side, every });

  const gate = gateOf(step);
  // A parcel that can't be sent leads to a refund; a cancellation before the capture leads to a void.
  if (step === "refund") controls.fault({ system: "shipping", operation: "ship", kind: "impossible", orderId });
  const changing = step === "void" ? gateOf("authorize", "after") : undefined;
  await place();
  if (changing) {
    await reached(changing, `${orderId} requests its authorization`);
    let answered: number | undefined;
    await eventually(`the cancellation of ${orderId} is accepted`, async () => {
      answered = await shopper.cancel(orderId, region);
      return answered === 200 || answered === 202;
    }).catch(async (error: unknown) => {
      const status = await shopper.statusOf(orderId, region);
      throw new Error(
        `${(error as Error).message} Its status is ${status}; the last response to the cancellation was ${answered}.`,
      );
    });
    changing.open();
  }
  await reached(gate, `${orderId} is at "${at}"`);
  return { stage: at, orderId, letOthersPass: gate.letOthersPass, release: gate.open };
}

/** Milliseconds within which an order reaches its stage, on a busy machine too. */
const limitMs = 120_000;

/** Waits until a call reaches the gate. */
export async function reached(gate: Gate, what: string): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Not within ${limitMs} ms: ${what}.`)), limitMs);
  try {
    await Promise.race([gate.reached, late]);
  } finally {
    clearTimeout(timer);
  }
}
