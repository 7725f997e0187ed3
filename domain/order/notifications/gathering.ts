import type { HistoryEntry } from "../items";
import { type CustomerStatus, isCustomerStatus, type OrderStatus } from "../status";

/** Default of `gatherSeconds`: a paid and packed order is one message, which reaches the customer while they still look for it. */
export const DEFAULT_GATHER_SECONDS = 20;

/**
 * Lists the changes that one change's message covers, oldest first. Changes that follow each other within
 * `gatherSeconds` share the message of the last of them. Empty if a later change's message covers this one.
 *
 * Depends on the history only, so each change is sent at least once for any order of notifications: a message is omitted
 * only if the later change is already written, and that one has its own notification.
 *
 * @example
 * // Placed, paid and packed within seconds:
 * toGatheredChanges(history, "PLACED", 20) // []
 * toGatheredChanges(history, "SHIPPING", 20) // ["PLACED", "PAID", "SHIPPING"]
 */
export function toGatheredChanges(
  history: readonly Pick<HistoryEntry, "status" | "at">[],
  status: CustomerStatus,
  gatherSeconds: number,
): CustomerStatus[] {
  const sent = history.filter(isSent);
  // A change missing in the history is sent by itself. This should not happen, and a repeated message is harmless.
  if (gatherSeconds <= 0 || !sent.some((entry) => entry.status === status)) return [status];
  const together: (typeof sent)[] = [];
  for (const [index, entry] of sent.entries()) {
    const before = sent[index - 1];
    const follows = before && Date.parse(entry.at) - Date.parse(before.at) <= gatherSeconds * 1_000;
    if (follows) together.at(-1)!.push(entry);
    else together.push([entry]);
  }
  // After a takeover a status may occur twice, and its two notifications are the same.
  const covered = together.filter((changes) => changes.at(-1)!.status === status).flat();
  if (covered.length === 0) return [];
  const earlier = new Set(covered.map((entry) => entry.status));
  earlier.delete(status);
  return [...earlier, status];
}

/** Customers are not notified that an item was superseded. */
function isSent<Entry extends { status: OrderStatus }>(entry: Entry): entry is Entry & { status: CustomerStatus } {
  return isCustomerStatus(entry.status);
}
