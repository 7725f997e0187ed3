import type { Standing } from "./items";
import { isCustomerStatus, isDecided, isFinal } from "./status";

/** True if the first item ranks before the second; of two different items exactly one does. */
export type Outranks = (first: Standing, second: Standing) => boolean;

/**
 * Rule 1: ranks two items of an order; the first is the effective item. Reading, working and superseding all use it.
 *
 * 1. A superseded item comes last: it is marked as not effective.
 * 2. A decided one goes first: the providers have settled the order there, so no reader ever sees that undone.
 * 3. Then a final one: no customer who was shown a delivery sees the parcel being packed again.
 * 4. Then the higher epoch: the later takeover.
 * 5. Then the earlier creation, then the Region's name: the same order placed in both Regions has one owner, and both
 *    Regions agree on it without asking.
 *
 * @example
 * if (outranks(theirs, ours)) return supersede(ours, { at: now });
 */
export function outranks(first: Standing, second: Standing): boolean {
  const superseded = (item: Standing) => !isCustomerStatus(item.status);
  if (superseded(first) !== superseded(second)) return superseded(second);
  if (isDecided(first.status) !== isDecided(second.status)) return isDecided(first.status);
  if (isFinal(first.status) !== isFinal(second.status)) return isFinal(first.status);
  if (first.epoch !== second.epoch) return first.epoch > second.epoch;
  if (first.createdAt !== second.createdAt) return first.createdAt < second.createdAt;
  return first.region < second.region;
}

/** Finds the effective item; `undefined` only if there is none. */
export function effectiveItem<Item extends Standing>(
  items: readonly Item[],
  ranking: Outranks = outranks,
): Item | undefined {
  return items.reduce<Item | undefined>(
    (best, item) => (best === undefined || ranking(item, best) ? item : best),
    undefined,
  );
}
