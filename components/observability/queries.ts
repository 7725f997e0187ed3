import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ObservabilityArgs, ObservedFunction } from "./args";

interface Query {
  /** Folder and name in the console; `docs/runbooks` names them. */
  name: string;
  /** Where it looks, fifty log groups at most. */
  logs: pulumi.Input<string>[];
  text: string;
}

/** The questions that the runbooks ask, saved in CloudWatch Logs Insights under `PREFIX/`. */
export function savedQueries(name: string, prefix: string, args: ObservabilityArgs, parent: pulumi.Resource): void {
  for (const query of queriesOf(args)) {
    new aws.cloudwatch.QueryDefinition(
      `${name}-${query.name.replace("/", "-")}`,
      { name: `${prefix}/${query.name}`, logGroupNames: query.logs, queryString: query.text },
      { parent },
    );
  }
}

function queriesOf({ orders, search, failover, signIn }: ObservabilityArgs): Query[] {
  const access = [orders.api.accessLog.name, search.api.accessLog.name];
  const orderLogs = logsOf(orders.functions);
  const functionLogs = [
    ...orderLogs,
    ...logsOf(search.functions),
    ...logsOf(failover?.functions ?? {}),
    ...logsOf(signIn?.functions ?? {}),
  ];
  return [
    {
      name: "apis/faults-by-route",
      logs: access,
      text: `fields @timestamp, route, status, integrationError, authorizerError
| filter status like /^5/ or status = "429"
| stats count() as answers by route, status, integrationError, bin(5m)
| sort answers desc`,
    },
    {
      name: "apis/slowest-answers",
      logs: access,
      text: `fields @timestamp, route, latencyMs * 1 as ms, integrationLatencyMs, requestId, integrationRequestId
| sort ms desc
| limit 50`,
    },
    {
      // From an access log entry to its trace: the function's request id stands in both.
      name: "apis/trace-of-a-request",
      logs: functionLogs,
      text: `fields @timestamp, @log, @requestId, @xrayTraceId, @duration, @initDuration
| filter @type = "REPORT" and @requestId = "INTEGRATION_REQUEST_ID"`,
    },
    {
      name: "orders/one-order",
      logs: orderLogs,
      text: `fields @timestamp, @log, level, message, @message
| filter @message like /ORDER_ID/
| sort @timestamp asc`,
    },
    {
      name: "orders/errors",
      logs: orderLogs,
      text: `fields @timestamp, service, message, error.name, error.message
| filter level = "ERROR" or level = "WARN" or @message like /Task timed out|Runtime.ExitError/
| stats count() as times, latest(@timestamp) as last by service, message, error.name
| sort times desc`,
    },
    {
      name: "search/errors",
      logs: logsOf(search.functions),
      text: `fields @timestamp, service, message, error.name, error.message
| filter level = "ERROR" or level = "WARN" or @message like /Task timed out|Runtime.ExitError/
| stats count() as times, latest(@timestamp) as last by service, message, error.name
| sort times desc`,
    },
    {
      name: "functions/cold-starts",
      logs: functionLogs,
      text: `filter @type = "REPORT"
| stats count() as calls, count(@initDuration) as cold, avg(@initDuration) as coldMs, pct(@duration, 99) as p99Ms, max(@maxMemoryUsed / 1000000) as memoryMb by @log`,
    },
    ...(orders.workflowLog
      ? [
          {
            name: "orders/failed-executions",
            logs: [orders.workflowLog],
            text: `fields @timestamp, type, execution_arn, details.error, details.cause
| filter type like /Failed|TimedOut|Aborted/
| sort @timestamp desc`,
          },
        ]
      : []),
  ];
}

const logsOf = (functions: Readonly<Record<string, ObservedFunction | undefined>>) =>
  Object.values(functions).flatMap((one) => (one ? [one.logGroup.name] : []));
