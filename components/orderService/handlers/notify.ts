import type { SQSRecord } from "aws-lambda";
import {
  type CustomerNotification,
  type NotificationChannel,
  type OrderNotification,
  toGatheredChanges,
} from "../../../domain/order";
import { TransientError } from "../../runtime/transientError";
import type { Log } from "./http";
import type { OrderStore } from "./orderStore";

/** Longer than the notifier may run, shorter than the time after which the queue delivers a message again. */
const CLAIM_SECONDS = 60;

export interface NotifyDeps {
  store: OrderStore;
  /** In the order in which they are used. */
  channels: readonly NotificationChannel[];
  /** Changes that follow each other within so many seconds share a notification. */
  gatherSeconds: number;
  log: Log;
}

/**
 * Notifies the customer of one status change through every channel, together with the changes shortly before it. Does nothing
 * if a later change's notification covers this one, or if it has been sent: by another copy, another restart, or the peer
 * Region. The claim before and the record after cost two writes. Only a notifier that dies in between sends again.
 */
export async function notify(record: SQSRecord, { store, channels, gatherSeconds, log }: NotifyDeps): Promise<void> {
  const { id, orderId, region, status } = JSON.parse(record.body) as OrderNotification;
  // The message carries no address; the order has it.
  const { orders, sent } = await store.notified(orderId);
  const order = orders.find((item) => item.region === region);
  if (!order) {
    log.warn("Notification dropped: no such order", { id, region });
    return;
  }
  if (sent.has(status)) return;
  const covered = toGatheredChanges(order.history, status, gatherSeconds).filter((change) => !sent.has(change));
  if (covered.length === 0) return;
  const now = Date.now();
  const until = new Date(now + CLAIM_SECONDS * 1_000).toISOString();
  if (!(await store.claimNotification(orderId, status, new Date(now).toISOString(), until))) {
    // The holder may still fail, so this copy must outlive it.
    throw new TransientError(`Another copy of the notification ${id} is being sent.`);
  }
  for (const channel of channels) await send(channel, { order, status, earlier: covered.slice(0, -1) });
  await store.markSent(orderId, status, covered);
  log.info("Customer notified", { id, changes: covered.length });

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
    return await store.takeRate(name, order!.customerId, perCustomerDay, new Date().toISOString());
  }
}
