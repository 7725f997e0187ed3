import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

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

/** Emits metrics through the log (CloudWatch's embedded metric format), so that no call is needed. */
export function counter(): Count {
  const metrics = new Metrics({ serviceName: METRICS_SERVICE });
  return (values) => {
    for (const [metric, value] of Object.entries(values)) {
      // CloudWatch does not accept infinity, the age of a missing heartbeat.
      if (!Number.isFinite(value)) continue;
      metrics.addMetric(metric, metric.endsWith("Seconds") ? MetricUnit.Seconds : MetricUnit.Count, value);
    }
    metrics.publishStoredMetrics();
  };
}
