import { shardOf } from "./openIn";

/**
 * Into how many partitions the orders of a month are spread in the index of all orders. One partition of an index takes 1,000 units a
 * second, and an order is put there once in each Region: 4 carry 4,000 orders a second.
 */
const PLACED_SHARDS = 4;

/** No order is older. */
export const FIRST_MONTH = "2026-01";

/** The key of the index of all orders under which an order stands: the month in UTC, and a part of it. */
export function placedIn(createdAt: string, orderId: string): string {
  return `${monthOf(createdAt)}#${shardOf(orderId, PLACED_SHARDS)}`;
}

/** All keys under which the orders of a month stand. */
export function placedKeys(month: string): string[] {
  return Array.from({ length: PLACED_SHARDS }, (_, shard) => `${month}#${shard}`);
}

/** @param at ISO 8601 UTC. */
export const monthOf = (at: string): string => at.slice(0, 7);

export function monthBefore(month: string): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
}
