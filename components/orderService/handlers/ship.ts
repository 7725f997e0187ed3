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
import type { WebhookCheck } from "./webhooks";

export interface ShipDeps {
  store: OrderStore;
  shipments: ShippingProvider;
  deadlines?: Deadlines;
}

/** Runs the step Ship (rule 6), which always follows a capture. */
export async function shipOrder(input: StepInput, { store, shipments, deadlines }: ShipDeps): Promise<void> {
  const exit = await runStep(input, {
    store,
    deadlines,
    known: { captured: true },
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
  /** Called when the shipping provider did not answer; the next check follows anyway. */
  onTrouble: (error: unknown) => void;
}

/**
 * Runs the step AwaitDelivery (rule 14): reads the shipping provider's record and writes what has changed. The step's task stays
 * open until the parcel is delivered; a webhook or its time-out runs it again.
 */
export async function trackOrder(input: StepInput & { token: string }, tracking: TrackDeps): Promise<void> {
  const { store, reply } = tracking;
  await reply.during(input.token, async () => {
    // First, so that a webhook sent after the record was read finds the waiting execution.
    await store.startWait(input.orderId, input.epoch, input.token, new Date().toISOString());
    const exit = await trackNow(input, tracking);
    if (exit.kind === "wait") {
      if (input.polls + 1 >= tracking.maxPolls) await reply.fails(input.token, SIGNALS.overdue);
      return;
    }
    await reply.succeeds(input.token);
  });
}

/**
 * Checks a parcel because of a webhook, while the step AwaitDelivery keeps waiting: writes what has changed, and
 * answers the step's task once nothing is left to wait for. May run twice, late, or beside the step's own check: the writes
 * have their conditions. The webhook is recorded last, since one that was recorded but not acted on would be lost.
 */
export async function checkShipment(check: WebhookCheck, tracking: TrackDeps): Promise<void> {
  const { openTask, webhookId, ...input } = check;
  // A transient error is passed to the step, which checks again by the workflow's retry rules.
  await tracking.reply.during(openTask, async () => {
    const exit = await trackNow(input, tracking);
    // `next` belongs to another step, which waits with this token and checks by itself.
    if (exit.kind === "ended") await tracking.reply.succeeds(openTask);
  });
  await tracking.store.rememberWebhook(input.orderId, openTask, webhookId);
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
