import { CloudWatch, type ComparisonOperator, type MetricDataQuery, type Statistic } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import {
  type DeployContext,
  type Inputs,
  type Made,
  optionalBoolean,
  optionalNumber,
  optionalRecord,
  optionalText,
  records,
  type ServiceHandlers,
  tagList,
  tagsOf,
  text,
  texts,
  unavailable,
} from "../handler";
import { checkName, checkOneOf, checkRange, names, parseJson } from "../rules";
import { compositeAlarm } from "./cloudWatchComposites";

const retentionDays = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const cloudWatch: ServiceHandlers = {
  "aws:cloudwatch/logGroup:LogGroup": {
    autoName: { property: "name", maxLength: 512 },
    check: (inputs) => [
      ...checkName(inputs, "name", names.logGroup),
      ...checkOneOf({ retentionInDays: optionalNumber(inputs, "retentionInDays") }, "retentionInDays", retentionDays),
    ],
    async create({ inputs }, context) {
      const logGroupName = text(inputs, "name");
      // The group exists if its function logged before the program created the group, or if it was retained.
      await context
        .client(CloudWatchLogs)
        .createLogGroup({ logGroupName, tags: tagsOf(inputs) })
        .catch((error: Error) => {
          if (error.name !== "ResourceAlreadyExistsException") throw error;
        });
      return await keepFor(logGroupName, inputs, context);
    },
    update: async ({ inputs }, earlier, context) => await keepFor(earlier.id, inputs, context),
    remove: ({ id }, context) => context.client(CloudWatchLogs).deleteLogGroup({ logGroupName: id }),
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    autoName: { property: "name", maxLength: 255 },
    required: ["comparisonOperator", "evaluationPeriods"],
    check: checkAlarm,
    create: async ({ inputs }, context) => await putAlarm(inputs, context),
    update: async ({ inputs }, _earlier, context) => await putAlarm(inputs, context),
    remove: ({ id }, context) => context.client(CloudWatch).deleteAlarms({ AlarmNames: [id] }),
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    required: ["dashboardName", "dashboardBody"],
    check: (inputs) =>
      parseJson(String(inputs["dashboardBody"])) === undefined ? ["The dashboardBody is not JSON."] : [],
    create: async ({ inputs }, context) => await putDashboard(inputs, context),
    update: async ({ inputs }, _earlier, context) => await putDashboard(inputs, context),
    remove: ({ id }, context) => context.client(CloudWatch).deleteDashboards({ DashboardNames: [id] }),
  },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": compositeAlarm,
  "aws:cloudwatch/queryDefinition:QueryDefinition": unavailable(
    "Logs are not queried here; the console page shows them.",
    ({ name }) => ({ id: name, outputs: { queryDefinitionId: name } }),
  ),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": unavailable(
    "Metrics are not made from logs here; the logs themselves are kept.",
    ({ name }) => ({ id: name }),
  ),
};

async function keepFor(logGroupName: string, inputs: Inputs, context: DeployContext): Promise<Made> {
  const retentionInDays = optionalNumber(inputs, "retentionInDays");
  if (retentionInDays) {
    await context.client(CloudWatchLogs).putRetentionPolicy({ logGroupName, retentionInDays });
  }
  const arn = `arn:aws:logs:${context.region}:${context.accountId}:log-group:${logGroupName}`;
  return { id: logGroupName, outputs: { arn, name: logGroupName } };
}

const operators = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
  "LessThanLowerOrGreaterThanUpperThreshold",
  "LessThanLowerThreshold",
  "GreaterThanUpperThreshold",
];

function checkAlarm(inputs: Inputs): string[] {
  const period = optionalNumber(inputs, "period");
  const faults = [
    ...checkName(inputs, "name", names.alarm),
    ...checkOneOf(inputs, "comparisonOperator", operators),
    ...checkOneOf(inputs, "statistic", ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]),
    ...checkOneOf(inputs, "treatMissingData", ["missing", "ignore", "breaching", "notBreaching"]),
    ...checkRange(inputs, "evaluationPeriods", 1, 8640),
  ];
  if (period !== undefined && ![10, 20, 30].includes(period) && period % 60 !== 0) {
    faults.push(`The period is ${period} s; CloudWatch takes 10, 20, 30 or a multiple of 60.`);
  }
  if (inputs["metricName"] === undefined && records(inputs, "metricQueries").length === 0) {
    faults.push("An alarm needs a metricName or metricQueries.");
  }
  if (inputs["metricName"] !== undefined && (inputs["namespace"] === undefined || period === undefined)) {
    faults.push("An alarm on a metricName needs its namespace and period.");
  }
  return faults;
}

async function putAlarm(inputs: Inputs, context: DeployContext): Promise<Made> {
  const name = text(inputs, "name");
  const dimensions = (of: Inputs) =>
    Object.entries(optionalRecord(of, "dimensions") ?? {}).map(([Name, Value]) => ({ Name, Value: String(Value) }));
  const queries = records(inputs, "metricQueries").map((query): MetricDataQuery => {
    const metric = optionalRecord(query, "metric");
    return {
      Id: text(query, "id"),
      Expression: optionalText(query, "expression"),
      Label: optionalText(query, "label"),
      ReturnData: optionalBoolean(query, "returnData") ?? false,
      MetricStat: metric && {
        Metric: {
          Namespace: optionalText(metric, "namespace"),
          MetricName: text(metric, "metricName"),
          Dimensions: dimensions(metric),
        },
        Period: optionalNumber(metric, "period"),
        Stat: text(metric, "stat"),
      },
    };
  });
  await context.client(CloudWatch).putMetricAlarm({
    AlarmName: name,
    AlarmDescription: optionalText(inputs, "alarmDescription"),
    ActionsEnabled: optionalBoolean(inputs, "actionsEnabled"),
    AlarmActions: texts(inputs, "alarmActions"),
    OKActions: texts(inputs, "okActions"),
    MetricName: optionalText(inputs, "metricName"),
    Namespace: optionalText(inputs, "namespace"),
    Statistic: optionalText(inputs, "statistic") as Statistic | undefined,
    ExtendedStatistic: optionalText(inputs, "extendedStatistic"),
    Dimensions: dimensions(inputs),
    Period: optionalNumber(inputs, "period"),
    EvaluationPeriods: optionalNumber(inputs, "evaluationPeriods"),
    DatapointsToAlarm: optionalNumber(inputs, "datapointsToAlarm"),
    Threshold: optionalNumber(inputs, "threshold"),
    ComparisonOperator: text(inputs, "comparisonOperator") as ComparisonOperator,
    TreatMissingData: optionalText(inputs, "treatMissingData"),
    Metrics: queries.length > 0 ? queries : undefined,
    Tags: tagList(inputs),
  });
  return { id: name, outputs: { arn: `arn:aws:cloudwatch:${context.region}:${context.accountId}:alarm:${name}` } };
}

async function putDashboard(inputs: Inputs, context: DeployContext): Promise<Made> {
  const DashboardName = text(inputs, "dashboardName");
  await context.client(CloudWatch).putDashboard({ DashboardName, DashboardBody: text(inputs, "dashboardBody") });
  const dashboardArn = `arn:aws:cloudwatch::${context.accountId}:dashboard/${DashboardName}`;
  return { id: DashboardName, outputs: { dashboardArn } };
}
