import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type AlarmMaker, groupsOf, groupsOfMetrics, type Limit, type Measured } from "../../infrastructure/alarm";
import type { ObservabilityArgs, ObservedFunction } from "../args";
import { ORDERS_SERVICE, type OwnMetric } from "../metrics";

type Alarm = aws.cloudwatch.MetricAlarm;

/** Function errors in five minutes above which an alarm is raised; single errors are retried. */
const ERRORS_IN_FIVE_MINUTES = 5;

/** Creates the alarms on causes that may soon affect customers: functions, streams, tables, the search domain. */
export function createCauseAlarms(
  alarms: AlarmMaker,
  args: ObservabilityArgs,
  own: OwnMetric,
  accountId: pulumi.Input<string>,
): Alarm[] {
  return [
    ...functionAlarms(alarms, "orders", args.orders.functions),
    ...functionAlarms(alarms, "search", args.search.functions),
    ...functionAlarms(alarms, "sign-in", args.signIn?.functions ?? {}),
    ...functionAlarms(alarms, "failover", args.failover?.functions ?? {}),
    ...iteratorAge(alarms, args),
    alarms.on(
      "workflows-restarted",
      "workflows-restarted",
      "The sweeper keeps restarting workflows: executions die or never start.",
      { ...own("OrdersRestarted", ORDERS_SERVICE), statistic: "Sum" },
      { above: 10, period: 900, datapoints: 2, of: 2 },
    ),
    alarms.on(
      "workflow-throttled",
      "workflow-throttled",
      "Step Functions throttles the order workflow: the account's rates of transitions or starts are reached.",
      {
        namespace: "AWS/States",
        metricName: "ExecutionThrottled",
        dimensions: { StateMachineArn: args.orders.stateMachineArn },
        statistic: "Sum",
      },
      { above: 0, period: 300, datapoints: 2, of: 3 },
    ),
    ...tableAlarms(alarms, args),
    ...(args.search.domainName ? domainAlarms(alarms, args.search.domainName, accountId) : []),
  ];
}

/** All tables, by service and content: `orders-cards`. */
export const tablesOf = (args: ObservabilityArgs) => ({ ...replicatedOf(args), ...args.signIn?.tables });

/** Replicated tables. */
export function replicatedOf({ orders, search, tables = {} }: ObservabilityArgs): Record<string, pulumi.Input<string>> {
  const named = (prefix: string, of: Record<string, pulumi.Input<string>>) =>
    Object.entries(of).map(([what, table]) => [prefix === what ? what : `${prefix}-${what}`, table] as const);
  return Object.fromEntries([
    ...named("orders", orders.tables),
    ...named("search", search.tables),
    ...Object.entries(tables),
  ]);
}

/** All global indexes, by table and index (`orders-open`), with the dimensions of their metrics. */
export function indexesOf(args: ObservabilityArgs): Record<string, Record<string, pulumi.Input<string>>> {
  const services = [args.orders, args.search, { tables: args.tables ?? {}, indexes: args.indexes }];
  return Object.fromEntries(
    services.flatMap(({ tables, indexes = {} }) =>
      Object.entries(indexes).flatMap(([what, names]) => {
        const TableName = tables[what]!;
        return names.map((index) => [`${what}-${index}`, { TableName, GlobalSecondaryIndexName: index }]);
      }),
    ),
  );
}

function functionAlarms(
  alarms: AlarmMaker,
  service: string,
  functions: Readonly<Record<string, ObservedFunction | undefined>>,
) {
  const known = Object.entries(functions).filter(
    (entry): entry is [string, ObservedFunction] => entry[1] !== undefined,
  );
  const groups = groupsOfMetrics(known);
  const sum = (suffix: string, page: string, description: string, metricName: string, limit: Limit): Alarm[] =>
    groups.map((group, index) => {
      const metrics: Record<string, Measured> = Object.fromEntries(
        group.map(([what, { name }]) => [
          `m_${what}`,
          { namespace: "AWS/Lambda", metricName, dimensions: { FunctionName: name }, statistic: "Sum" },
        ]),
      );
      const which = group.map(([what]) => what).join(", ");
      return alarms.over(
        `${service}-${suffix}${index === 0 ? "" : `-${index + 1}`}`,
        page,
        `${description} (${which}).`,
        {
          metrics,
          expression: Object.keys(metrics)
            .map((id) => `FILL(${id}, 0)`)
            .join(" + "),
          label: metricName,
        },
        limit,
      );
    });
  return [
    ...sum("function-errors", "function-errors", "Functions keep failing, and retries have not helped", "Errors", {
      above: ERRORS_IN_FIVE_MINUTES,
      period: 300,
      datapoints: 3,
      of: 3,
    }),
    ...sum("function-throttles", "function-throttles", "Lambda refuses calls for want of concurrency", "Throttles", {
      above: 0,
      period: 60,
      datapoints: 3,
      of: 5,
    }),
  ];
}

/** The search service itself has the alarm on the indexer's age. */
function iteratorAge(alarms: AlarmMaker, { orders }: ObservabilityArgs): Alarm[] {
  const { dispatcher } = orders.functions;
  if (!dispatcher) return [];
  return [
    alarms.on(
      "orders-stream-late",
      "stream-late",
      "Written orders wait longer than a minute for their workflow to start.",
      {
        namespace: "AWS/Lambda",
        metricName: "IteratorAge",
        dimensions: { FunctionName: dispatcher.name },
        statistic: "Maximum",
      },
      { above: 60_000, period: 60, datapoints: 3, of: 5 },
    ),
  ];
}

function tableAlarms(alarms: AlarmMaker, args: ObservabilityArgs): Alarm[] {
  const events = ["ReadThrottleEvents", "WriteThrottleEvents"];
  const tables = Object.entries(tablesOf(args)).map(([what, TableName]) => [what, { TableName }] as const);
  return groupsOf([...tables, ...Object.entries(indexesOf(args))], 5).map((group, index) => {
    const metrics = Object.fromEntries(
      group.flatMap(([what, dimensions]) =>
        events.map((metricName): [string, Measured] => [
          `m_${what.replaceAll("-", "_")}_${metricName === events[0] ? "reads" : "writes"}`,
          { namespace: "AWS/DynamoDB", metricName, dimensions, statistic: "Sum" },
        ]),
      ),
    );
    return alarms.over(
      `tables-throttled${index === 0 ? "" : `-${index + 1}`}`,
      "tables-throttled",
      `DynamoDB throttles a table or an index (${group.map(([what]) => what).join(", ")}): a partition is hot, or traffic doubled in minutes.`,
      {
        metrics,
        expression: Object.keys(metrics)
          .map((id) => `FILL(${id}, 0)`)
          .join(" + "),
        label: "throttled",
      },
      { above: 0, period: 60, datapoints: 3, of: 5 },
    );
  });
}

function domainAlarms(alarms: AlarmMaker, DomainName: pulumi.Input<string>, ClientId: pulumi.Input<string>): Alarm[] {
  const metric = (metricName: string, statistic: string): Measured => ({
    namespace: "AWS/ES",
    metricName,
    dimensions: { DomainName, ClientId },
    statistic,
  });
  return [
    alarms.on(
      "search-domain-red",
      "search-domain",
      "The search domain has lost a primary shard: searches miss products.",
      metric("ClusterStatus.red", "Maximum"),
      { above: 0, period: 60, datapoints: 1, of: 1 },
    ),
    alarms.on(
      "search-domain-full",
      "search-domain",
      "A search node has less than 2 GiB free; at a fifth of its volume OpenSearch stops writing.",
      // In MiB.
      metric("FreeStorageSpace", "Minimum"),
      { below: 2_048, period: 60, datapoints: 5, of: 5 },
    ),
    alarms.on(
      "search-domain-memory",
      "search-domain",
      "The search domain's heap is nearly used up.",
      metric("JVMMemoryPressure", "Maximum"),
      { above: 92, period: 300, datapoints: 3, of: 3 },
    ),
  ];
}
