import type { SQSRecord } from "aws-lambda";
import {
  afterPause,
  type NotificationChannel,
  type OrderNotification,
  type RefundNotification,
  retrySeconds,
} from "../../../../domain/order";
import { TransientError } from "../../../runtime/transientError";
import type { Log } from "../api/http";
import type { OrderStore } from "../orderStore";
import type { Circuit } from "./circuit";
import { findChange } from "./notify";

export interface DeliverDeps {
  store: Pick<OrderStore, "partition">;
  channel: NotificationChannel;
  circuit: Circuit;
  /** Has the queue deliver a message again after so many seconds. */
  postpone: (record: SQSRecord, seconds: number) => Promise<void>;
  log: Log;
}

/**
 * Sends one status change or refund through a channel that has its own queue. A failure postpones the message, longer each time, until the
 * queue moves it to the dead letters; a channel that keeps failing is paused, and its messages wait. Copies are sent with the same id:
 * the receiver recognizes them, so nothing is claimed or recorded.
 */
export async function deliver(record: SQSRecord, deps: DeliverDeps): Promise<void> {
  const { store, channel, circuit, log } = deps;
  const message = JSON.parse(record.body) as OrderNotification | RefundNotification;
  const { id, orderId, region } = message;
  const notification = findChange(message, await store.partition(orderId));
  if (!notification) {
    log.warn("Notification dropped: no such order or refund", { id, region });
    return;
  }
  if (!channel.reaches(notification.order)) return;
  const entry = await circuit.enter(Date.now());
  if (entry.kind === "paused") {
    await postponeOrLog(afterPause(entry.seconds, Math.random()));
    throw new TransientError(`The channel ${channel.name} is paused for ${entry.seconds} s.`);
  }
  try {
    await channel.send(notification);
  } catch (error) {
    const pausedSeconds = await circuit.failed(entry, Date.now());
    if (pausedSeconds !== undefined) {
      log.warn("Notification channel paused", { channel: channel.name, seconds: pausedSeconds, error });
    }
    await postponeOrLog(retrySeconds(Number(record.attributes.ApproximateReceiveCount), Math.random()));
    throw error;
  }
  await circuit.succeeded(entry);
  log.info("Notification delivered", { id, channel: channel.name });

  /** Without it, the message comes again when its visibility time-out has passed. */
  async function postponeOrLog(seconds: number): Promise<void> {
    try {
      await deps.postpone(record, seconds);
    } catch (error) {
      log.warn("Message could not be postponed", { id, error });
    }
  }
}
