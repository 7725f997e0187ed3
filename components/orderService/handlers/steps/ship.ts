import {
  afterShip,
  afterTrack,
  type Deadlines,
  type OrderItem,
  ownItem,
  type ShippingProvider,
  SIGNALS,
  type StepInput,
  toTracking,
} from "../../../../domain/order";
import { isTransientAwsError, TransientError } from "../../../runtime/transientError";
import type { WebhookCheck } from "../api/webhooks";
import type { TaskReply } from "../executions/taskReply";
import type { OrderStore } from "../orderStore";
import { type Performed, runStep, type StepRun } from "./stepRun";

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
      return { ...outcome, changes: { shipment: { ...own.shipment, ...toTracking(answer) } } };
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
 * have their conditions, and a repeated webhook has the record read once more. If it dies between the last write and the answer, the
 * step's time-out finds the order delivered.
 */
export async function checkShipment({ orderId }: WebhookCheck, tracking: ShipDeps): Promise<void> {
  const { partition, waiting } = await tracking.store.waitingPartition(orderId);
  const own = ownItem(partition, tracking.store.region);
  // Placed in the peer Region, whose step polls.
  if (own === undefined) return;
  const check = async () => {
    const exit = await trackNow({ orderId, epoch: own.epoch }, tracking, { partition });
    // `next` belongs to another step, which waits with this token and checks by itself.
    if (exit.kind === "ended" && waiting?.token !== undefined) await tracking.reply.succeeds(waiting.token);
  };
  // A transient error is passed to the step, which checks again by the workflow's retry rules.
  await (waiting?.token === undefined ? check() : tracking.reply.during(waiting.token, check));
}

/** Reads the shipping provider's record until there is nothing to write. The step Ship has the parcel booked first. */
function trackNow(
  input: Pick<StepInput, "orderId" | "epoch">,
  { store, shipments, deadlines, onTrouble }: ShipDeps,
  { ship, ...begin }: { ship?: (own: OrderItem) => Promise<Performed> } & Pick<StepRun, "known" | "partition"> = {},
) {
  return runStep(input, {
    store,
    deadlines,
    ...begin,
    perform: {
      ...(ship && { ship }),
      track: async (own): Promise<Performed> => {
        try {
          const answer = await shipments.read(own);
          const { status } = answer;
          const shipment = { ...own.shipment, ...toTracking(answer) };
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
