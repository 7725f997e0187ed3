import type { SQSRecord } from "aws-lambda";
import {
  type CustomerNotification,
  type CustomerStatus,
  findEffectiveOrder,
  findRefund,
  type NotificationChannel,
  type NotifiedChange,
  type OrderNotification,
  type Partition,
  type RefundNotification,
  refundChange,
  toGatheredChanges,
} from "../../../../domain/order";
import { TransientError } from "../../../runtime/transientError";
import type { Log } from "../api/http";
import type { OrderStore } from "../orderStore";

/** Longer than the notifier may run, shorter than the time after which the queue delivers a message again. */
const CLAIM_SECONDS = 60;

export interface NotifyDeps {
  store: OrderStore;
  /** Reads what is known of an order: `notifiedOnce` for the messages of a batch. Default: the store, for each message. */
  read?: OrderStore["notified"];
  /** In the order in which they are used. */
  channels: readonly NotificationChannel[];
  /** Changes that follow each other within so many seconds share a notification. */
  gatherSeconds: number;
  log: Log;
}

/**
 * Reads each order once, for messages that arrived together: of the changes that are gathered, all but the last only find that the last
 * one's message covers them. The claim's condition is decided by the table.
 */
export function notifiedOnce(store: Pick<OrderStore, "notified">): OrderStore["notified"] {
  const reads = new Map<string, ReturnType<OrderStore["notified"]>>();
  return (orderId) => {
    const known = reads.get(orderId) ?? store.notified(orderId);
    reads.set(orderId, known);
    return known;
  };
}

/** Finds what a message is about; `undefined` if it is not there. */
export function findChange(
  message: OrderNotification | RefundNotification,
  partition: Partition,
): CustomerNotification | undefined {
  if (!("refundId" in message)) {
    const order = partition.orders.find(({ region }) => region === message.region);
    return order && { order, status: message.status, earlier: [] };
  }
  const order = findEffectiveOrder(partition);
  const refund = findRefund(partition, message.refundId);
  return order && refund && { order, refund };
}

/**
 * Notifies the customer of one status change or refund through every channel, together with the changes shortly before it. Does nothing
 * if a later change's notification covers this one, or if it has been sent: by another copy, another restart, or the peer
 * Region. The claim before and the record after cost two writes: without the claim, two copies that SQS delivers at the same time are
 * both sent; without the record, every later copy is. Only a notifier that dies in between sends again.
 */
export async function notify(
  record: SQSRecord,
  { store, read, channels, gatherSeconds, log }: NotifyDeps,
): Promise<void> {
  const message = JSON.parse(record.body) as OrderNotification | RefundNotification;
  const { id, orderId, region } = message;
  // The message carries no address; the order has it.
  const { partition, sent } = await (read ?? store.notified.bind(store))(orderId);
  const notification = findChange(message, partition);
  if (!notification) {
    log.warn("Notification dropped: no such order or refund", { id, region });
    return;
  }
  const { order } = notification;
  const [change, covered] = coverChanges(notification);
  if (covered.length === 0) return;
  const now = Date.now();
  const until = new Date(now + CLAIM_SECONDS * 1_000).toISOString();
  if (!(await store.claimNotification(orderId, change, new Date(now).toISOString(), until))) {
    // The holder may still fail, so this copy must outlive it.
    throw new TransientError(`Another copy of the notification ${id} is being sent.`);
  }
  const earlier = covered.filter((each) => each !== change) as CustomerStatus[];
  for (const channel of channels)
    await send(channel, { ...notification, ...("status" in notification && { earlier }) });
  await store.markSent(orderId, change, [...covered, change]);
  log.info("Customer notified", { id, changes: covered.length });

  /**
   * The change itself, and all changes that its notification covers and no earlier one has covered: the peer Region may have sent the
   * change without one that only this Region wrote. A refund is never gathered.
   */
  function coverChanges(found: CustomerNotification): [change: NotifiedChange, covered: NotifiedChange[]] {
    if ("refund" in found) {
      const refunded = refundChange(found.refund.refundId);
      return [refunded, sent.has(refunded) ? [] : [refunded]];
    }
    const gathered = toGatheredChanges(found.order.history, found.status, gatherSeconds);
    return [found.status, gathered.filter((each) => !sent.has(each))];
  }

  async function send(channel: NotificationChannel, notification: CustomerNotification): Promise<void> {
    if (!channel.reaches(notification.order)) return;
    try {
      if (!(await hasRate(channel))) {
        log.info("Notification not sent: the customer's daily limit is reached", { id, channel: channel.name });
        return;
      }
      await channel.send(notification);
    } catch (error) {
      if (channel.retried) throw error;
      log.error("Notification failed on one channel", {
        id,
        channel: channel.name,
        error: error instanceof Error ? error.name : "unknown",
      });
    }
  }

  async function hasRate({ name, perCustomerDay }: NotificationChannel): Promise<boolean> {
    if (perCustomerDay === undefined) return true;
    return await store.takeRate(name, order.customerId, {
      limit: perCustomerDay,
      at: new Date().toISOString(),
    });
  }
}
