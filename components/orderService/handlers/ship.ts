import {
  afterShip,
  afterTrack,
  type Deadlines,
  type OrderItem,
  type ShippingProvider,
  SIGNALS,
  type StepInput,
  type StepKnowledge,
} from "../../../domain/order";
import { isTransientAwsError, TransientError } from "../../runtime/transientError";
import type { OrderStore } from "./orderStore";
import { type Performed, runStep } from "./stepRun";
import type { TaskReply } from "./taskReply";
import type { WebhookCheck } from "./webhooks";

export interface ShipDeps {
  store: OrderStore;
  shipments: ShippingProvider;
  reply: TaskReply;
  /** Maximum number of reads of the shipping provider's record before an operator must check. */
  maxPolls: number;
  /** Called when the shipping provider did not answer; the next check follows anyway. */
  onTrouble: (error: unknown) => void;
  deadlines?: Deadlines;
}

/**
 * Runs the step Ship, which always follows a capture: has the parcel booked (rule 6), then reads the shipping provider's record and
 * writes what has changed (rule 14). The step's task stays open until the parcel is delivered; a webhook or its time-out runs it again.
 */
export async function shipOrder(input: StepInput & { token: string }, shipping: ShipDeps): Promise<void> {
  const { store, shipments, reply, maxPolls } = shipping;
  await reply.during(input.token, async () => {
    // First, so that a webhook sent after the record was read finds the waiting execution.
    await store.startWait(input.orderId, input.epoch, input.token, new Date().toISOString());
    const ship = async (own: OrderItem): Promise<Performed> => {
      const answer = await shipments.ship(own);
      const outcome = afterShip(answer);
      if (answer.status === "impossible") return { ...outcome, reason: answer.reason };
      const { trackingNumber, carrier } = answer;
      return { ...outcome, changes: { shipment: { ...own.shipment, trackingNumber, carrier } } };
    };
    // A webhook that came before SHIPPING was written did nothing, so the record is read afterwards in any case.
    const exit = await trackNow(input, shipping, { ship, known: { captured: true } });
    if (exit.kind === "ended") return reply.succeeds(input.token);
    if (exit.kind === "next" && exit.action === "refund") {
      return reply.fails(input.token, SIGNALS.impossible, exit.reason);
    }
    if (input.polls + 1 >= maxPolls) await reply.fails(input.token, SIGNALS.overdue);
  });
}

/**
 * Checks a parcel because of a webhook, while the step Ship keeps waiting: writes what has changed, and
 * answers the step's task once nothing is left to wait for. May run twice, late, or beside the step's own check: the writes
 * have their conditions. The webhook is recorded last, since one that was recorded but not acted on would be lost. At the end nothing
 * waits that a repeated one could resume, and it is not recorded.
 */
export async function checkShipment(check: WebhookCheck, tracking: ShipDeps): Promise<void> {
  const { openTask, webhookId, ...input } = check;
  let isOver = false;
  // A transient error is passed to the step, which checks again by the workflow's retry rules.
  await tracking.reply.during(openTask, async () => {
    const exit = await trackNow(input, tracking);
    // `next` belongs to another step, which waits with this token and checks by itself.
    if (exit.kind !== "ended") return;
    await tracking.reply.succeeds(openTask);
    isOver = true;
  });
  if (!isOver) await tracking.store.rememberWebhook(input.orderId, openTask, webhookId);
}

/** Reads the shipping provider's record until there is nothing to write. The step Ship has the parcel booked first. */
function trackNow(
  input: Pick<StepInput, "orderId" | "epoch">,
  { store, shipments, deadlines, onTrouble }: ShipDeps,
  { ship, known }: { ship?: (own: OrderItem) => Promise<Performed>; known?: StepKnowledge } = {},
) {
  return runStep(input, {
    store,
    deadlines,
    known,
    perform: {
      ...(ship && { ship }),
      track: async (own): Promise<Performed> => {
        try {
          const { status, trackingNumber, carrier } = await shipments.read(own);
          const shipment = { ...own.shipment, ...(trackingNumber ? { trackingNumber, carrier } : {}) };
          return { ...afterTrack(status, own.status), changes: { shipment }, thenWaits: status !== "delivered" };
        } catch (error) {
          if (!(error instanceof TransientError) && !isTransientAwsError(error)) throw error;
          onTrouble(error);
          return { kind: "wait" };
        }
      },
    },
  });
}
