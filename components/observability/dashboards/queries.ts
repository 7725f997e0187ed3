import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ObservabilityArgs, ObservedFunction } from "../args";

interface Query {
  /** Folder and name in the console; `docs/runbooks` names them. */
  name: string;
  /** Log groups, at most fifty. */
  logs: pulumi.Input<string>[];
  text: string;
}

/** Lambda's report line of each call. Functions log JSON, in which `@type`, `@duration` and the like do not exist. */
const REPORT = 'filter type = "platform.report"';

/** Logged errors and warnings, and failed calls that logged nothing: time-outs, processes that died. */
const ERRORS = `fields @timestamp, service, message, error.name, record.status, record.errorType
| filter level = "ERROR" or level = "WARN" or (type = "platform.report" and record.status != "success")
| stats count() as times, latest(@timestamp) as last by service, message, error.name, record.status, record.errorType
| sort times desc`;

/** Creates the runbooks' queries in CloudWatch Logs Insights under `PREFIX/`. */
export function createSavedQueries(
  name: string,
  prefix: string,
  args: ObservabilityArgs,
  securityLog: pulumi.Input<string> | undefined,
  parent: pulumi.Resource,
): void {
  for (const query of [...queriesOf(args), ...(securityLog ? [securityQuery(securityLog)] : [])]) {
    new aws.cloudwatch.QueryDefinition(
      `${name}-${query.name.replace("/", "-")}`,
      { name: `${prefix}/${query.name}`, logGroupNames: query.logs, queryString: query.text },
      { parent },
    );
  }
}

/** Events behind the security alarms: who called what, from where. */
const securityQuery = (log: pulumi.Input<string>): Query => ({
  name: "security/events",
  logs: [log],
  text: `fields @timestamp, source, detail.eventName, detail.errorCode, detail.userIdentity.arn, detail.sourceIPAddress, detail.userAgent,
  detail.errorMessage, detail.type, detail.findings.0.Title
| sort @timestamp desc
| limit 200`,
});

function queriesOf({ orders, search, failover, signIn, siteAccessLog }: ObservabilityArgs): Query[] {
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
      // Leads from an access log entry to its trace: both contain the function's request id.
      name: "apis/trace-of-a-request",
      logs: functionLogs,
      text: `fields @timestamp, @log, record.tracing.value, record.status, record.metrics.durationMs, record.metrics.initDurationMs
| ${REPORT} and record.requestId = "INTEGRATION_REQUEST_ID"`,
    },
    ...(siteAccessLog ? siteQueries(siteAccessLog.name) : []),
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
      text: ERRORS,
    },
    {
      name: "search/errors",
      logs: logsOf(search.functions),
      text: ERRORS,
    },
    {
      name: "functions/cold-starts",
      logs: functionLogs,
      text: `${REPORT}
| stats count() as calls, count(record.metrics.initDurationMs) as cold, avg(record.metrics.initDurationMs) as coldMs, pct(record.metrics.durationMs, 99) as p99Ms, max(record.metrics.maxMemoryUsedMB) as memoryMb by @log`,
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

/** Queries of CloudFront's access log: which addresses are busy or refused, and what one of them requested. */
const siteQueries = (log: pulumi.Input<string>): Query[] => [
  {
    name: "site/busiest-addresses",
    logs: [log],
    text: `stats count() as requests, sum(strcontains(\`x-edge-result-type\`, "Error")) as refused by \`c-ip\`, bin(5m)
| sort requests desc
| limit 50`,
  },
  {
    name: "site/requests-of-an-address",
    logs: [log],
    text: `fields @timestamp, \`cs-method\`, \`cs-uri-stem\`, \`sc-status\`, \`x-edge-detailed-result-type\`, \`cs(User-Agent)\`, \`x-edge-request-id\`
| filter \`c-ip\` = "ADDRESS"
| sort @timestamp desc`,
  },
];

const logsOf = (functions: Readonly<Record<string, ObservedFunction | undefined>>) =>
  Object.values(functions).flatMap((one) => (one ? [one.logGroup.name] : []));
