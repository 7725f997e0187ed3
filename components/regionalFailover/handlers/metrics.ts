import { metricEmitter } from "../../runtime/metrics";

/** `service` dimension of the failover metrics; the namespace is in the environment (`infrastructure/metricsNamespace`). */
export const METRICS_SERVICE = "regions";

export type RegionMetric =
  /** 1 each round. */
  | "HeartbeatsWritten"
  | "HeartbeatsFailed"
  | "PeerHeartbeatAgeSeconds"
  /** 0 or 1 each round. */
  | "PeerHealthFailing"
  /** 0 or 1 each round. */
  | "PeerLost"
  /** 0 or 1 each round. */
  | "PeerDrained"
  | "TakeoversStarted"
  /** This Region returned, or joined. */
  | "RegionReturned"
  /** A service of this Region failed its health check. */
  | "HealthFailing";

export type Count = (values: Partial<Record<RegionMetric, number>>) => void;

export const createCounter = (): Count => metricEmitter<RegionMetric>(METRICS_SERVICE);
