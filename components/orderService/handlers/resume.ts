import { SIGNALS } from "../../../domain/order";
import type { OrderStore } from "./orderStore";
import type { TaskReply } from "./taskReply";
import type { WebhookCheck } from "./webhooks";

/**
 * Resumes the execution that waits for this order in this Region, if there is one: its step checks again. An order that
 * waits in the peer Region is not reached; its step polls.
 */
export async function resumeExecution(store: OrderStore, reply: TaskReply, orderId: string): Promise<void> {
  const waiting = await store.waiting(orderId);
  if (waiting?.token !== undefined) await resumeTask(store, reply, { orderId, openTask: waiting.token });
}

/**
 * Resumes the execution that waits with this task token, and records the webhook, so that a repeated one does nothing. Does not
 * resume a later wait with another token, whose step has read the provider's record since.
 */
export async function resumeTask(
  store: OrderStore,
  reply: TaskReply,
  { orderId, openTask, webhookId }: Pick<WebhookCheck, "orderId" | "openTask"> & Partial<WebhookCheck>,
): Promise<void> {
  await reply.fails(openTask, SIGNALS.woken);
  await store.endWait(orderId, openTask, webhookId);
}
