/** Timings of detection and takeover. */
export interface FailoverTimings {
  /** Interval of the rounds of heartbeat and probe. Seconds. */
  roundSeconds: number;
  /** Age at which a heartbeat is stale; longer than replication is ever late. Seconds. */
  staleAfterSeconds: number;
  /** Probes of the peer that must fail in a row. */
  failuresInARow: number;
  /** Timeout of a probe. Milliseconds. */
  probeTimeoutMs: number;
  /** Absence after which a returning Region restarts its stalled orders. Seconds. */
  awayAfterSeconds: number;
  /** Absence after which a returning Region rebuilds its indexes, because DynamoDB streams keep records for 24 hours. Seconds. */
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
