import {
  CloudWatch,
  type MetricDataQuery,
  type PutCompositeAlarmInput,
  type PutMetricAlarmInput,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import {
  computed,
  type DeployContext,
  type Inputs,
  type Made,
  optionalBoolean,
  optionalNumber,
  optionalRecord,
  optionalText,
  records,
  request,
  type ServiceHandlers,
  tagList,
  tagsOf,
  text,
  texts,
  unavailable,
} from "../handler";
import { checkName, checkOneOf, checkPolicy, checkRange, names, parseJson } from "../rules";

const retentionDays = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const NO_EVENTS = "CloudTrail, GuardDuty and Security Hub do not exist here, so no event comes.";

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
    remove: deleteAlarm,
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    required: ["dashboardName", "dashboardBody"],
    check: (inputs) =>
      parseJson(String(inputs["dashboardBody"])) === undefined ? ["The dashboardBody is not JSON."] : [],
    create: async ({ inputs }, context) => await putDashboard(inputs, context),
    update: async ({ inputs }, _earlier, context) => await putDashboard(inputs, context),
    remove: ({ id }, context) => context.client(CloudWatch).deleteDashboards({ DashboardNames: [id] }),
  },
  // The emulator evaluates the rules but has no suppressors.
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    required: ["alarmName", "alarmRule"],
    check: (inputs) => [
      checkName(inputs, "alarmName", names.alarm),
      String(inputs["alarmRule"]).length > 10_240 && "The alarmRule has more than 10,240 characters.",
      suppressorFaults(optionalRecord(inputs, "actionsSuppressor")),
    ],
    create: async ({ inputs }, context) => await putComposite(inputs, context),
    update: async ({ inputs }, _earlier, context) => await putComposite(inputs, context),
    remove: deleteAlarm,
  },
  "aws:cloudwatch/eventRule:EventRule": {
    ...unavailable(NO_EVENTS, ({ inputs }, { region, accountId }) => {
      const name = text(inputs, "name");
      return { id: name, outputs: { name, arn: `arn:aws:events:${region}:${accountId}:rule/${name}` } };
    }),
    autoName: { property: "name", maxLength: 64 },
    check: (inputs) => [
      checkOneOf(inputs, "state", ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]),
      parseJson(String(inputs["eventPattern"])) === undefined && "The eventPattern is not JSON.",
      String(inputs["eventPattern"]).length > 2_048 && "The eventPattern has more than 2,048 characters.",
    ],
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    ...unavailable(NO_EVENTS, ({ name }) => ({ id: name })),
    required: ["rule", "arn"],
  },
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {
    ...unavailable(NO_EVENTS, ({ inputs }) => ({ id: text(inputs, "policyName") })),
    check: (inputs) => checkPolicy(inputs, "policyDocument", "resource"),
  },
  // CloudFront's deliveries, which the edge writes (local/aws/edge/accessLog.ts).
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": computed(
    {
      required: ["resourceArn"],
      check: (inputs, context) => [
        checkName(inputs, "name", names.logDelivery),
        ...checkOneOf(inputs, "logType", ["ACCESS_LOGS"]),
        isOutsideGlobalRegion(inputs, context),
      ],
    },
    ({ inputs }, { accountId }) => ({ id: text(inputs, "name"), outputs: deliveryPart("source", inputs, accountId) }),
  ),
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": computed(
    {
      check: (inputs, context) => [
        checkName(inputs, "name", names.logDelivery),
        ...checkOneOf(inputs, "outputFormat", ["json", "plain", "w3c", "raw", "parquet"]),
        isOutsideGlobalRegion(inputs, context),
      ],
    },
    ({ inputs }, { accountId }) => ({
      id: text(inputs, "name"),
      outputs: deliveryPart("destination", inputs, accountId),
    }),
  ),
  "aws:cloudwatch/logDelivery:LogDelivery": computed(
    { required: ["deliverySourceName", "deliveryDestinationArn", "recordFields"], check: isOutsideGlobalRegion },
    ({ name }) => ({ id: name }),
  ),
  "aws:cloudwatch/queryDefinition:QueryDefinition": unavailable(
    "Logs are not queried here; the console page shows them.",
    ({ name }) => ({ id: name, outputs: { queryDefinitionId: name } }),
  ),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": unavailable(
    "Metrics are not made from logs here; the logs themselves are kept.",
    ({ name }) => ({ id: name }),
  ),
};

function isOutsideGlobalRegion(_: Inputs, { region }: DeployContext) {
  return [region !== "us-east-1" && `The region is ${region}; CloudFront delivers logs through us-east-1 only.`];
}

const deliveryPart = (part: "source" | "destination", inputs: Inputs, accountId: string) => {
  const name = text(inputs, "name");
  return { name, arn: `arn:aws:logs:us-east-1:${accountId}:delivery-${part}:${name}` };
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
    ...request<PutMetricAlarmInput>(inputs, [
      "alarmDescription",
      "metricName",
      "namespace",
      "statistic",
      "extendedStatistic",
      "comparisonOperator",
      "treatMissingData",
    ]),
    AlarmName: name,
    ActionsEnabled: optionalBoolean(inputs, "actionsEnabled"),
    Dimensions: dimensions(inputs),
    Period: optionalNumber(inputs, "period"),
    EvaluationPeriods: optionalNumber(inputs, "evaluationPeriods"),
    DatapointsToAlarm: optionalNumber(inputs, "datapointsToAlarm"),
    Threshold: optionalNumber(inputs, "threshold"),
    Metrics: queries.length > 0 ? queries : undefined,
    ...alarmActions(inputs),
  });
  return alarmOf(name, context);
}

function suppressorFaults(suppressor: Inputs | undefined): string[] {
  if (suppressor === undefined) return [];
  return ["alarm", "waitPeriod", "extensionPeriod"]
    .filter((key) => suppressor[key] === undefined)
    .map((key) => `The actionsSuppressor needs its ${key}.`);
}

async function putComposite(inputs: Inputs, context: DeployContext): Promise<Made> {
  await context.client(CloudWatch).putCompositeAlarm({
    ...request<PutCompositeAlarmInput>(inputs, ["alarmName", "alarmRule", "alarmDescription"]),
    ...alarmActions(inputs),
  });
  return alarmOf(text(inputs, "alarmName"), context);
}

function alarmActions(inputs: Inputs) {
  return {
    AlarmActions: texts(inputs, "alarmActions"),
    OKActions: texts(inputs, "okActions"),
    Tags: tagList(inputs),
  };
}

function alarmOf(name: string, { region, accountId }: DeployContext): Made {
  return { id: name, outputs: { arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` } };
}

function deleteAlarm({ id }: Made, context: DeployContext) {
  return context.client(CloudWatch).deleteAlarms({ AlarmNames: [id] });
}

async function putDashboard(inputs: Inputs, context: DeployContext): Promise<Made> {
  const DashboardName = text(inputs, "dashboardName");
  await context.client(CloudWatch).putDashboard({ DashboardName, DashboardBody: text(inputs, "dashboardBody") });
  const dashboardArn = `arn:aws:cloudwatch::${context.accountId}:dashboard/${DashboardName}`;
  return { id: DashboardName, outputs: { dashboardArn } };
}
