import type { HistoryEntry } from "./items";
import { type CustomerStatus, isCustomerStatus, type OrderStatus } from "./status";

/**
 * The changes that the message about one of them tells, oldest first, when changes that follow each other within
 * `gatherSeconds` are told together: by the last of them. None if a later change's message tells this one.
 *
 * The history alone decides, so whoever handles which notice when, each change is told at least once: a message is left
 * out only where the later change is written already, and that one has a notice of its own.
 *
 * @example
 * // Placed, paid and packed within seconds:
 * changesTold(history, "PLACED", 20) // []
 * changesTold(history, "SHIPPING", 20) // ["PLACED", "PAID", "SHIPPING"]
 */
export function toGatheredChanges(
  history: readonly Pick<HistoryEntry, "status" | "at">[],
  status: CustomerStatus,
  gatherSeconds: number,
): CustomerStatus[] {
  const telling = history.filter(isTold);
  // Not in the history, and so alone; it can't be, but a change that is told too often does no harm.
  if (gatherSeconds <= 0 || !telling.some((entry) => entry.status === status)) return [status];
  const together: (typeof telling)[] = [];
  for (const [index, entry] of telling.entries()) {
    const before = telling[index - 1];
    const follows = before && Date.parse(entry.at) - Date.parse(before.at) <= gatherSeconds * 1_000;
    if (follows) together.at(-1)!.push(entry);
    else together.push([entry]);
  }
  // After a takeover a status may stand there twice, and its two notices are the same.
  const told = together.filter((changes) => changes.at(-1)!.status === status).flat();
  if (told.length === 0) return [];
  const earlier = new Set(told.map((entry) => entry.status));
  earlier.delete(status);
  return [...earlier, status];
}

/** Customers are not notified that an item was superseded. */
function isTold<Entry extends { status: OrderStatus }>(entry: Entry): entry is Entry & { status: CustomerStatus } {
  return isCustomerStatus(entry.status);
}
