export { METRICS_SERVICE as ORDERS_SERVICE } from "../orderService/handlers/metrics";
export { METRICS_SERVICE as REGIONS_SERVICE } from "../regionalFailover/handlers/metrics";

/** Counted from the APIs' access logs, as CloudWatch reads them: requests of a route, and those that the store failed. */
export const REQUEST_METRICS = {
  orders: { requests: "OrderRequests", faults: "OrderFaults" },
  search: { requests: "SearchRequests", faults: "SearchFaults" },
} as const;

/** Which access log entries count: those of the routes that the objective is about. */
const ROUTES = {
  orders: '$.route = "POST /api/orders"',
  search: '($.route = "GET /api/catalogue/search" || $.route = "GET /api/catalogue/suggest")',
};

/** A refusal for want of capacity is the store's fault; what the caller did wrong (other 4xx) is not. */
const FAULT = '($.status = "5*" || $.status = "429")';

/** One count of access log entries. */
export interface RequestFilter {
  service: keyof typeof REQUEST_METRICS;
  metric: string;
  pattern: string;
}

export const REQUEST_FILTERS: readonly RequestFilter[] = (["orders", "search"] as const).flatMap((service) => [
  { service, metric: REQUEST_METRICS[service].requests, pattern: `{ ${ROUTES[service]} }` },
  { service, metric: REQUEST_METRICS[service].faults, pattern: `{ ${ROUTES[service]} && ${FAULT} }` },
]);

/** A metric as an alarm and a widget name it. */
export interface Metric {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

/** A metric of the store's own, as counted by one of its services or from the logs. */
export type OwnMetric = (metricName: string, service?: string) => Metric;

/** The metrics of one store: its namespace is no other's. */
export function createOwnMetric(namespace: string): OwnMetric {
  return (metricName, service): Metric => ({ namespace, metricName, dimensions: service ? { service } : {} });
}
