import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/** `service` dimension of what the Regions measure of each other; the namespace is in the environment (components/storeMetrics). */
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
  /** This Region came back, or joined. */
  | "RegionReturned"
  /** A service of this Region failed its health check. */
  | "HealthFailing";

export type Count = (values: Partial<Record<RegionMetric, number>>) => void;

/** Counts in the log, by CloudWatch's embedded metric format: no call, no wait. */
export function counter(): Count {
  const metrics = new Metrics({ serviceName: METRICS_SERVICE });
  return (values) => {
    for (const [metric, value] of Object.entries(values)) {
      // An age without end is no number that CloudWatch takes.
      if (!Number.isFinite(value)) continue;
      metrics.addMetric(metric, metric.endsWith("Seconds") ? MetricUnit.Seconds : MetricUnit.Count, value);
    }
    metrics.publishStoredMetrics();
  };
}
