/**
 * Into how many partitions a Region's open orders are spread. One partition of an index takes 1,000 units a second; an order is
 * put there, moved three times (two units each) and removed, so 16 carry some 2,000 orders a second.
 */
export const OPEN_SHARDS = 16;

/** The key of the index of open orders under which a Region's item stands. */
export function openIn(region: string, orderId: string): string {
  return `${region}#${shardOf(orderId, OPEN_SHARDS)}`;
}

/** All keys under which a Region's open orders stand: a takeover or a sweep reads each. */
export function openKeys(region: string): string[] {
  return Array.from({ length: OPEN_SHARDS }, (_, shard) => `${region}#${shard}`);
}

/** FNV-1a: even, and the same in every release. */
export function shardOf(orderId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < orderId.length; index++) {
    hash = Math.imul(hash ^ orderId.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % shards;
}
