export { METRICS_SERVICE as ORDERS_SERVICE } from "../orderService/handlers/metrics";
export { METRICS_SERVICE as REGIONS_SERVICE } from "../regionalFailover/handlers/metrics";

/** Metrics from the APIs' access logs: requests, and those that failed through the store's fault. */
export const REQUEST_METRICS = {
  orders: { requests: "OrderRequests", faults: "OrderFaults" },
  search: { requests: "SearchRequests", faults: "SearchFaults" },
} as const;

/** Filter patterns for the routes of each objective. */
const ROUTES = {
  orders: '$.route = "POST /api/orders"',
  search: '($.route = "GET /api/catalogue/search" || $.route = "GET /api/catalogue/suggest")',
};

/** Missing capacity (429) is the store's fault; other 4xx are the caller's. */
const FAULT = '($.status = "5*" || $.status = "429")';

/** Metric filter on an access log. */
export interface RequestFilter {
  service: keyof typeof REQUEST_METRICS;
  metric: string;
  pattern: string;
}

export const REQUEST_FILTERS: readonly RequestFilter[] = (["orders", "search"] as const).flatMap((service) => [
  { service, metric: REQUEST_METRICS[service].requests, pattern: `{ ${ROUTES[service]} }` },
  { service, metric: REQUEST_METRICS[service].faults, pattern: `{ ${ROUTES[service]} && ${FAULT} }` },
]);

/** A CloudWatch metric. */
export interface Metric {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

/** Builds a metric of the store, emitted by one of its services or counted from the logs. */
export type OwnMetric = (metricName: string, service?: string) => Metric;

/** Binds the metrics to the store's own namespace. */
export function createOwnMetric(namespace: string): OwnMetric {
  return (metricName, service): Metric => ({ namespace, metricName, dimensions: service ? { service } : {} });
}
