import {
  afterShip,
  afterTrack,
  type Deadlines,
  type ShippingProvider,
  SIGNALS,
  type StepInput,
} from "../../../domain/order";
import { isTransientAwsError, TransientError } from "../../runtime/transientError";
import type { OrderStore } from "./orderStore";
import { type Performed, runStep } from "./stepRun";
import { StepSignal } from "./stepSignal";
import type { TaskReply } from "./taskReply";

export interface ShipDeps {
  store: OrderStore;
  shipments: ShippingProvider;
  deadlines?: Deadlines;
}

/** The step Ship (rule 6), only ever run after a capture. */
export async function shipOrder(input: StepInput, { store, shipments, deadlines }: ShipDeps): Promise<void> {
  const exit = await runStep(input, {
    store,
    deadlines,
    heard: { captured: true },
    perform: {
      ship: async (own): Promise<Performed> => {
        const answer = await shipments.ship(own);
        const outcome = afterShip(answer);
        if (answer.status === "impossible") return { ...outcome, reason: answer.reason };
        const { trackingNumber, carrier } = answer;
        return { ...outcome, changes: { shipment: { ...own.shipment, trackingNumber, carrier } } };
      },
    },
  });
  if (exit.kind === "ended") throw new StepSignal(SIGNALS.ended);
  if (exit.kind === "next" && exit.action === "refund") throw new StepSignal(SIGNALS.impossible, exit.reason);
}

export interface TrackDeps extends ShipDeps {
  reply: TaskReply;
  /** Maximum number of reads of the shipping provider's record before an operator must check. */
  maxPolls: number;
  /** Told when the shipping system could not be asked; the next look follows anyway. */
  onTrouble: (error: unknown) => void;
}

/**
 * The step AwaitDelivery (rule 14): reads the shipping provider's record and writes what has changed. The step's task stays
 * open until the parcel is delivered; a webhook or its time-out runs it again.
 */
export async function trackOrder(input: StepInput & { token: string }, tracking: TrackDeps): Promise<void> {
  const { store, reply } = tracking;
  await reply.during(input.token, async () => {
    // First, so that a webhook sent after the record was read finds an execution to wake.
    await store.startWait(input.orderId, input.epoch, input.token, new Date().toISOString());
    const exit = await trackNow(input, tracking);
    if (exit.kind === "wait") {
      if (input.polls + 1 >= tracking.maxPolls) await reply.fails(input.token, SIGNALS.overdue);
      return;
    }
    await reply.succeeds(input.token);
  });
}

/** Event that a webhook sends: a parcel to check, whose execution waits with this task token. */
export interface ShipmentCheck {
  orderId: string;
  epoch: number;
  openTask: string;
}

/**
 * Looks at a parcel because of a webhook, while the step AwaitDelivery goes on waiting: writes what has changed, and
 * answers the step's task once nothing is left to wait for. May run twice, late, or beside the step's own look: the writes
 * have their conditions.
 */
export async function checkShipment({ openTask, ...input }: ShipmentCheck, tracking: TrackDeps): Promise<void> {
  // Trouble that passes goes to the step, which looks again by the workflow's retry rules.
  await tracking.reply.during(openTask, async () => {
    const exit = await trackNow(input, tracking);
    // `next` would be another step's to do: that one waits with this token, and looks by itself.
    if (exit.kind === "ended") await tracking.reply.succeeds(openTask);
  });
}

function trackNow(input: Pick<StepInput, "orderId" | "epoch">, { store, shipments, deadlines, onTrouble }: TrackDeps) {
  return runStep(input, {
    store,
    deadlines,
    perform: {
      track: async (own): Promise<Performed> => {
        try {
          const { status, trackingNumber, carrier } = await shipments.read(own);
          const shipment = { ...own.shipment, ...(trackingNumber ? { trackingNumber, carrier } : {}) };
          return { ...afterTrack(status, own.status), changes: { shipment } };
        } catch (error) {
          if (!(error instanceof TransientError) && !isTransientAwsError(error)) throw error;
          onTrouble(error);
          return { kind: "wait" };
        }
      },
    },
  });
}
