/** When a Region counts its peer as lost. */
export interface FailoverTimings {
  /** Between two rounds of heartbeat and probe. Seconds. */
  roundSeconds: number;
  /** Without a new heartbeat for so long, a Region's heartbeat is stale. Longer than replication is ever late. Seconds. */
  staleAfterSeconds: number;
  /** Probes of the peer's health that must fail one after the other. */
  failuresInARow: number;
  /** What a probe may take before it counts as failed. Milliseconds. */
  probeTimeoutMs: number;
  /** After so long without a heartbeat of its own, a Region that comes back looks for orders that died with it. Seconds. */
  awayAfterSeconds: number;
  /** After so long without one, streams may have lost records (DynamoDB keeps them for 24 hours): indexes are built anew. Seconds. */
  rebuildAfterSeconds: number;
}

export const FAILOVER_TIMINGS: FailoverTimings = {
  roundSeconds: 10,
  staleAfterSeconds: 45,
  failuresInARow: 3,
  probeTimeoutMs: 4_000,
  awayAfterSeconds: 120,
  rebuildAfterSeconds: 23 * 3600,
};
