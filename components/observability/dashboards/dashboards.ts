import { ORDERS_SERVICE, REGIONS_SERVICE, REQUEST_METRICS } from "../metrics";
import type { Objectives } from "../objectives";
import {
  alarmStates,
  type Graph,
  graph,
  heading,
  layout,
  type MetricOptions,
  type Widget,
  type WidgetMetric,
} from "./widgets";

/** Resolved values that a Region's dashboard shows. */
export interface DashboardContext {
  region: string;
  peerRegions: readonly string[];
  objectives: Objectives;
  ordersApi: string;
  searchApi: string;
  /** Namespace of the store's own metrics. */
  namespace: string;
  /** Names of all functions, by purpose. */
  functions: Record<string, string>;
  /** Names of the functions that read a table's stream. */
  streams: string[];
  stateMachineArn: string;
  tables: Record<string, string>;
  /** Replicated tables. */
  replicated: Record<string, string>;
  /** Dimensions of the tables' global indexes. */
  indexes: Record<string, Record<string, string>>;
  domain?: { name: string; accountId: string };
  healthCheckId?: string;
  distributionId?: string;
  webAcl?: { metricName: string; rules: readonly string[] };
  /** Names of the EventBridge rules on signs of an attack, by what they detect. */
  rules?: Record<string, string>;
  /** ARNs of the alarms that page. */
  composites: string[];
}

/** Builds the dashboard of one Region: customers' experience, then its causes. */
export function regionDashboard(shown: DashboardContext): string {
  const { region } = shown;
  return body([
    heading(`# ${region}\nCustomers' experience, then its causes. Runbooks: docs/runbooks`),
    alarmStates("Paging alarms", shown.composites),
    ...customers(region, shown),
    heading("## Requests"),
    ...apis(shown),
    heading("## Order workflow"),
    ...workflow(shown),
    heading("## Functions"),
    ...functions(shown),
    heading("## Data"),
    ...data(shown),
    ...security(shown),
    ...(shown.peerRegions.length > 0 ? [heading("## Peer Regions"), ...peers(shown)] : []),
  ]);
}

/** Builds the dashboard of all Regions, from metrics with the same names in each. */
export function allRegionsDashboard(regions: readonly string[], objectives: Objectives, namespace: string): string {
  return body([
    heading("# All Regions\nCustomers' experience, and takeovers"),
    ...regions.flatMap((region) => customers(region, { objectives, namespace }, region)),
    ...(["OrdersPlaced", "OrdersTakenOver"] as const).map((metricName) =>
      graph({
        title: metricName === "OrdersPlaced" ? "Orders placed, by Region" : "Orders taken over, by Region",
        region: regions[0]!,
        width: 12,
        metrics: regions.map((region) => orderMetric(namespace, metricName, { region, label: region })),
      }),
    ),
    ...(["PeerLost", "PeerHeartbeatAgeSeconds"] as const).map((metricName) =>
      graph({
        title: metricName === "PeerLost" ? "Peer counted as lost, by Region" : "Age of the peer's heartbeat, by Region",
        region: regions[0]!,
        width: 12,
        stat: "Maximum",
        metrics: regions.map((region) => [
          namespace,
          metricName,
          "service",
          REGIONS_SERVICE,
          { region, label: region },
        ]),
      }),
    ),
  ]);
}

function customers(
  region: string,
  { objectives, namespace }: Pick<DashboardContext, "objectives" | "namespace">,
  prefix?: string,
): Widget[] {
  const titled = (title: string) => (prefix ? `${prefix}: ${title}` : title);
  const answered = (service: keyof typeof REQUEST_METRICS, title: string, objective: number) =>
    graph({
      title: titled(title),
      region,
      period: 300,
      from: 95,
      to: 100,
      label: "%",
      metrics: [
        [{ expression: "100 * (1 - FILL(faults, 0) / requests)", label: "answered", id: "answered" }],
        [namespace, REQUEST_METRICS[service].requests, { id: "requests", visible: false }],
        [namespace, REQUEST_METRICS[service].faults, { id: "faults", visible: false }],
      ],
      lines: [{ value: objective * 100, label: "objective" }],
    });
  return [
    answered("orders", "Orders accepted", objectives.ordersAccepted),
    answered("search", "Searches answered", objectives.searchAnswered),
    graph({
      title: titled("Time to payment"),
      region,
      label: "s",
      metrics: ["p50", "p95", "p99"].map((stat) => orderMetric(namespace, "PaidAfterSeconds", { stat, label: stat })),
      lines: [{ value: objectives.paidWithinSeconds, label: "objective (p95)" }],
    }),
  ];
}

function apis(shown: DashboardContext): Widget[] {
  const { region, namespace, ordersApi, searchApi, objectives, distributionId, webAcl } = shown;
  const latency = (title: string, api: string, limit: number) =>
    graph({
      title,
      region,
      label: "ms",
      metrics: ["p50", "p90", "p99"].map((stat) => ["AWS/ApiGateway", "Latency", "ApiId", api, { stat, label: stat }]),
      lines: [{ value: limit, label: "objective (p99)" }],
    });
  const counts = (title: string, api: string) =>
    graph({
      title,
      region,
      metrics: ["Count", "4xx", "5xx"].map((metric) => ["AWS/ApiGateway", metric, "ApiId", api]),
    });
  return [
    latency("Order API", ordersApi, objectives.orderLatencyMs),
    counts("Order API, requests", ordersApi),
    graph({ title: "Orders placed", region, metrics: [orderMetric(namespace, "OrdersPlaced")] }),
    latency("Catalogue API", searchApi, objectives.searchLatencyMs),
    counts("Catalogue API, requests", searchApi),
    ...(distributionId
      ? [
          graph({
            title: "Site, error rate",
            region: "us-east-1",
            stat: "Average",
            label: "%",
            metrics: ["4xxErrorRate", "5xxErrorRate"].map((metric) => [
              "AWS/CloudFront",
              metric,
              "DistributionId",
              distributionId,
              "Region",
              "Global",
            ]),
          }),
        ]
      : []),
    ...(webAcl
      ? [
          graph({
            title: "Site, requests blocked by WAF rule",
            region: "us-east-1",
            metrics: webAcl.rules.map((rule) => [
              "AWS/WAFV2",
              "BlockedRequests",
              "WebACL",
              webAcl.metricName,
              "Rule",
              rule,
              { label: rule },
            ]),
          }),
        ]
      : []),
  ];
}

function workflow({ region, namespace, stateMachineArn }: DashboardContext): Widget[] {
  const executions = (metric: string) => ["AWS/States", metric, "StateMachineArn", stateMachineArn];
  return [
    graph({
      title: "Executions",
      region,
      metrics: [
        "ExecutionsStarted",
        "ExecutionsSucceeded",
        "ExecutionsFailed",
        "ExecutionsTimedOut",
        "ExecutionsAborted",
        "ExecutionThrottled",
      ].map(executions),
    }),
    graph({
      title: "Retries and restarts",
      region,
      metrics: ["OrdersRestarted", "RefundsFailed", "ShippingUnanswered", "StreamRecordsFailed"].map((metric) =>
        orderMetric(namespace, metric),
      ),
    }),
    graph({
      title: "Time to delivery",
      region,
      label: "ms",
      metrics: ["p50", "p99"].map((stat) => [...executions("ExecutionTime"), { stat, label: stat }]),
    }),
  ];
}

function functions({ region, functions: all, streams }: DashboardContext): Widget[] {
  const each = (title: string, metric: string, look: Partial<Graph> = {}) =>
    graph({
      title,
      region,
      metrics: Object.entries(all).map(([what, name]) => ["AWS/Lambda", metric, "FunctionName", name, { label: what }]),
      ...look,
    });
  return [
    each("Errors", "Errors"),
    each("Throttles", "Throttles"),
    each("Duration, p99", "Duration", { stat: "p99", label: "ms" }),
    each("Concurrent executions", "ConcurrentExecutions", { stat: "Maximum" }),
    each("Invocations", "Invocations"),
    graph({
      title: "Age of stream records",
      region,
      stat: "Maximum",
      label: "ms",
      metrics: streams.map((name) => ["AWS/Lambda", "IteratorAge", "FunctionName", name]),
    }),
  ];
}

function data({ region, tables, indexes, domain }: DashboardContext): Widget[] {
  const byName = Object.fromEntries(Object.entries(tables).map(([what, TableName]) => [what, { TableName }]));
  const each = (title: string, metric: string) =>
    graph({
      title,
      region,
      width: 6,
      metrics: Object.entries({ ...byName, ...indexes }).map(([what, dimensions]) => [
        "AWS/DynamoDB",
        metric,
        ...Object.entries(dimensions).flat(),
        { label: what },
      ]),
    });
  const search = (title: string, metric: string, look: Partial<Graph>) =>
    graph({
      title,
      region,
      metrics: [["AWS/ES", metric, "DomainName", domain!.name, "ClientId", domain!.accountId]],
      ...look,
    });
  return [
    each("Reads", "ConsumedReadCapacityUnits"),
    each("Writes", "ConsumedWriteCapacityUnits"),
    each("Throttled reads", "ReadThrottleEvents"),
    each("Throttled writes", "WriteThrottleEvents"),
    ...(domain
      ? [
          search("Search domain, processor", "CPUUtilization", { stat: "Maximum", to: 100, label: "%" }),
          search("Search domain, heap", "JVMMemoryPressure", { stat: "Maximum", to: 100, label: "%" }),
          search("Search domain, free storage", "FreeStorageSpace", { stat: "Minimum", label: "MiB" }),
        ]
      : []),
  ];
}

function security({ region, rules = {} }: DashboardContext): Widget[] {
  if (Object.keys(rules).length === 0) return [];
  return [
    heading("## Security"),
    graph({
      title: "Signs of an attack",
      region,
      period: 300,
      width: 24,
      metrics: Object.entries(rules).map(([sign, rule]) => [
        "AWS/Events",
        "Invocations",
        "RuleName",
        rule,
        { label: sign },
      ]),
    }),
  ];
}

function peers({ region, namespace, peerRegions, replicated, healthCheckId }: DashboardContext): Widget[] {
  return [
    graph({
      title: "Replication",
      region,
      stat: "Average",
      label: "ms",
      metrics: peerRegions.flatMap((peerRegion) =>
        Object.entries(replicated).map(
          ([what, name]): WidgetMetric => [
            "AWS/DynamoDB",
            "ReplicationLatency",
            "TableName",
            name,
            "ReceivingRegion",
            peerRegion,
            { label: `${what} to ${peerRegion}` },
          ],
        ),
      ),
    }),
    graph({
      title: "Takeover",
      region,
      metrics: [
        orderMetric(namespace, "OrdersTakenOver"),
        orderMetric(namespace, "TakeoverRemaining", { stat: "Maximum", yAxis: "right" }),
      ],
    }),
    graph({
      title: "Age of the peer's heartbeat, and Route 53's health check of this Region",
      region,
      stat: "Maximum",
      metrics: [
        [namespace, "PeerHeartbeatAgeSeconds", "service", REGIONS_SERVICE],
        [namespace, "PeerLost", "service", REGIONS_SERVICE, { yAxis: "right" }],
        ...(healthCheckId
          ? [
              [
                "AWS/Route53",
                "HealthCheckStatus",
                "HealthCheckId",
                healthCheckId,
                { region: "us-east-1", stat: "Minimum", yAxis: "right" } as MetricOptions,
              ],
            ]
          : []),
      ],
    }),
  ];
}

const orderMetric = (namespace: string, metric: string, options?: MetricOptions): WidgetMetric => [
  namespace,
  metric,
  "service",
  ORDERS_SERVICE,
  ...(options ? [options] : []),
];

const body = (widgets: Widget[]): string =>
  JSON.stringify({ start: "-PT3H", periodOverride: "inherit", widgets: layout(widgets) });
