import type { DeliveryItem } from "./share";

/** Ids of deliveries: part of URLs and of keys, where `#` separates. */
export const DELIVERY_ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

/** Most units of one delivery, added or taken away. */
export const MAX_DELIVERY_UNITS = 1_000_000;

/**
 * Finds the own delivery that must be withdrawn, because another Region has written the same id before it was replicated. Of
 * several Regions the first by name keeps its units, so that every Region decides alike, whatever arrives first.
 *
 * @param deliveries those of one id in all Regions, as this Region knows them.
 */
export function findRepeatedDelivery(
  deliveries: readonly DeliveryItem[],
  region: string,
): { own: DeliveryItem; keptIn: string } | undefined {
  const own = deliveries.find((delivery) => delivery.region === region);
  const [keptIn] = deliveries.map((delivery) => delivery.region).sort();
  if (!own || own.withdrawnFor !== undefined || keptIn === undefined || keptIn === region) return undefined;
  return { own, keptIn };
}
