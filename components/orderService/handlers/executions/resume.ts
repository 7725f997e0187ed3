import { SIGNALS } from "../../../../domain/order";
import type { OrderStore } from "../orderStore";
import type { TaskReply } from "./taskReply";

/**
 * Resumes the execution that waits for this order in this Region, if there is one: its step checks again. An order that
 * waits in the peer Region is not reached; its step polls.
 *
 * @param webhookId the webhook that is the reason. It is recorded, so that a repeated one resumes nothing.
 */
export async function resumeExecution(
  store: OrderStore,
  reply: TaskReply,
  orderId: string,
  webhookId?: string,
): Promise<void> {
  const waiting = await store.waiting(orderId);
  if (waiting?.token === undefined) return;
  if (webhookId !== undefined && waiting.wokenBy?.has(webhookId)) return;
  await reply.fails(waiting.token, SIGNALS.woken);
  await store.endWait(orderId, waiting.token, webhookId);
}
