import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/**
 * Creates a function that emits metrics through the log, by CloudWatch's embedded metric format: no call, no wait. Metrics
 * whose name ends in `Seconds` are durations, the others counts.
 *
 * @param serviceName dimension `service`; the namespace is in the environment (`infrastructure/metricsNamespace`).
 */
export function metricEmitter<Name extends string>(serviceName: string) {
  const metrics = new Metrics({ serviceName });
  return (values: Partial<Record<Name, number>>): void => {
    for (const [metric, value] of Object.entries<number>(values as Record<string, number>)) {
      // CloudWatch does not accept infinity, such as the age of a missing heartbeat.
      if (!Number.isFinite(value)) continue;
      metrics.addMetric(metric, metric.endsWith("Seconds") ? MetricUnit.Seconds : MetricUnit.Count, value);
    }
    metrics.publishStoredMetrics();
  };
}
