import { SIGNALS } from "../../../domain/order";
import type { OrderStore } from "./orderStore";
import type { TaskReply } from "./taskReply";

/**
 * Wakes the execution that waits for this order in this Region, if one does: its step checks again. An order that waits
 * in the other Region is not reached; its step polls.
 *
 * @param webhookId of the webhook that wakes; a repeated one does not wake again.
 * @returns true if an execution was woken.
 */
export async function resumeExecution(
  store: OrderStore,
  reply: TaskReply,
  orderId: string,
  webhookId?: string,
): Promise<boolean> {
  const waiting = await store.waiting(orderId);
  if (waiting?.token === undefined) return false;
  if (webhookId !== undefined && waiting.wokenBy?.has(webhookId)) return false;
  await reply.fails(waiting.token, SIGNALS.woken);
  await store.endWait(orderId, waiting.token, webhookId);
  return true;
}
