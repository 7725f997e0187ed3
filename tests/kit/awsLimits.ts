import { gzipSync } from "node:zlib";

/** A resource as the program registers it. */
interface Resource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** A value of one resource that AWS limits. */
interface Figure {
  what: string;
  value: number;
  limit: number;
}

const IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

/** AWS's limits on texts and lists that the program can reach, each with its source. For names see {@link NAMES}. */
export const LIMITS = {
  managedPolicy: { limit: 6_144, unit: "characters without white space", source: IAM },
  inlinePolicies: { limit: 10_240, unit: "characters without white space, of a role", source: IAM },
  trustPolicy: { limit: 2_048, unit: "characters without white space; 4,096 on request", source: IAM },
  managedPolicies: { limit: 10, unit: "of a role", source: IAM },
  alarmRule: {
    limit: 10_240,
    unit: "characters",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html",
  },
  alarmDescription: {
    limit: 1_024,
    unit: "characters",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
  },
  alarmActions: {
    limit: 5,
    unit: "of an alarm and state",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
  },
  alarmMetrics: {
    limit: 20,
    unit: "metrics and expressions of an alarm",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
  },
  dashboardWidgets: {
    limit: 500,
    unit: "of a dashboard",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
  },
  dashboardMetrics: {
    limit: 2_500,
    unit: "of a dashboard",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
  },
  queryDefinition: {
    limit: 10_000,
    unit: "characters",
    source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html",
  },
  environment: {
    limit: 4_096,
    unit: "bytes of a function's variables",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
  },
  functionPolicy: {
    limit: 20_480,
    unit: "bytes of a function's resource policy",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
  },
  code: {
    limit: 50 * 1024 * 1024,
    unit: "bytes of a function's archive",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
  },
  description: {
    limit: 256,
    unit: "characters of a function's description",
    source: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
  },
  edgeFunction: {
    limit: 10_240,
    unit: "bytes of a CloudFront function",
    source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
  },
  cacheBehaviors: {
    limit: 75,
    unit: "of a distribution",
    source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
  },
  contentSecurityPolicy: {
    limit: 1_783,
    unit: "characters of a header's value",
    source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
  },
  stateMachine: {
    limit: 1_048_576,
    unit: "bytes of a definition",
    source: "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
  },
  topicPolicy: {
    limit: 30_720,
    unit: "bytes",
    source: "https://docs.aws.amazon.com/general/latest/gr/sns.html",
  },
  queuePolicy: {
    limit: 8_192,
    unit: "bytes",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
  },
  bucketPolicy: {
    limit: 20_480,
    unit: "bytes",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html",
  },
  keyPolicy: {
    limit: 32_768,
    unit: "bytes",
    source: "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
  },
  parameter: {
    limit: 4_096,
    unit: "characters of a standard parameter",
    source: "https://docs.aws.amazon.com/general/latest/gr/ssm.html",
  },
  secondaryIndexes: {
    limit: 20,
    unit: "of a table",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
  },
  customResponse: {
    limit: 4_096,
    unit: "bytes of a web ACL's custom response",
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/limits.html",
  },
  filterPolicy: {
    limit: 262_144,
    unit: "bytes of a subscription's filter",
    source: "https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html",
  },
} as const;

/**
 * Longest names. A name without a physical one gets a hyphen and seven random characters from the provider, `.fifo` not counted.
 * Sources: the services' API references, as the provider checks them.
 */
const NAMES: Record<string, { key: string; limit: number }> = {
  "aws:iam/role:Role": { key: "name", limit: 64 },
  "aws:iam/policy:Policy": { key: "name", limit: 128 },
  "aws:lambda/function:Function": { key: "name", limit: 64 },
  "aws:s3/bucket:Bucket": { key: "bucket", limit: 63 },
  "aws:sqs/queue:Queue": { key: "name", limit: 80 },
  "aws:sns/topic:Topic": { key: "name", limit: 256 },
  "aws:dynamodb/table:Table": { key: "name", limit: 255 },
  "aws:sfn/stateMachine:StateMachine": { key: "name", limit: 80 },
  "aws:scheduler/schedule:Schedule": { key: "name", limit: 64 },
  "aws:opensearch/domain:Domain": { key: "domainName", limit: 28 },
  "aws:cognito/userPool:UserPool": { key: "name", limit: 128 },
  "aws:backup/vault:Vault": { key: "name", limit: 50 },
  "aws:cloudfront/function:Function": { key: "name", limit: 64 },
  "aws:cloudfront/cachePolicy:CachePolicy": { key: "name", limit: 128 },
  "aws:cloudfront/originAccessControl:OriginAccessControl": { key: "name", limit: 64 },
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": { key: "name", limit: 128 },
  "aws:wafv2/webAcl:WebAcl": { key: "name", limit: 128 },
  "aws:cloudwatch/logGroup:LogGroup": { key: "name", limit: 512 },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { key: "name", limit: 255 },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": { key: "alarmName", limit: 255 },
  "aws:cloudwatch/queryDefinition:QueryDefinition": { key: "name", limit: 255 },
  "aws:cloudwatch/dashboard:Dashboard": { key: "dashboardName", limit: 255 },
  "aws:codepipeline/pipeline:Pipeline": { key: "name", limit: 100 },
  "aws:codebuild/project:Project": { key: "name", limit: 150 },
  "aws:ssm/parameter:Parameter": { key: "name", limit: 1_011 },
  "aws:s3/bucketObjectv2:BucketObjectv2": { key: "key", limit: 1_024 },
};
const RANDOM = "-1a2b3c4".length;

/** Describes every value that has reached nine tenths of its limit. */
export function nearLimits(resources: readonly Resource[], share = 0.9): string[] {
  return [
    ...resources.flatMap((resource) =>
      [...figuresOf(resource), ...nameOf(resource)].map((figure) => ({ resource, ...figure })),
    ),
    ...sums(resources),
  ]
    .filter(({ value, limit }) => value >= limit * share)
    .map(({ resource: { type, name }, what, value, limit }) => `${type} "${name}": ${what} is ${value} of ${limit}.`);
}

const bytes = (value: unknown) => Buffer.byteLength(typeof value === "string" ? value : JSON.stringify(value ?? ""));
const letters = (value: unknown) => (typeof value === "string" ? value.replace(/\s/g, "").length : 0);
const count = (value: unknown) => (Array.isArray(value) ? value.length : 0);

function figure(limit: keyof typeof LIMITS, value: number): Figure {
  return { what: `${limit} (${LIMITS[limit].unit})`, value, limit: LIMITS[limit].limit };
}

function figuresOf({ type, inputs }: Resource): Figure[] {
  const of = FIGURES[type.split(":").slice(1).join(":")];
  return of?.(inputs) ?? [];
}

const alarm = (inputs: Record<string, unknown>) => [
  figure("alarmDescription", String(inputs["alarmDescription"] ?? "").length),
  ...["alarmActions", "okActions", "insufficientDataActions"].map((key) => figure("alarmActions", count(inputs[key]))),
];

const FIGURES: Record<string, (inputs: Record<string, unknown>) => Figure[]> = {
  "iam/policy:Policy": ({ policy }) => [figure("managedPolicy", letters(policy))],
  "iam/role:Role": ({ assumeRolePolicy }) => [figure("trustPolicy", letters(assumeRolePolicy))],
  "cloudwatch/compositeAlarm:CompositeAlarm": (inputs) => [
    figure("alarmRule", String(inputs["alarmRule"]).length),
    ...alarm(inputs),
  ],
  "cloudwatch/metricAlarm:MetricAlarm": (inputs) => [
    ...alarm(inputs),
    figure("alarmMetrics", count(inputs["metricQueries"])),
  ],
  "cloudwatch/dashboard:Dashboard": ({ dashboardBody }) => {
    const { widgets } = JSON.parse(String(dashboardBody)) as { widgets: { properties?: { metrics?: unknown[] } }[] };
    return [
      figure("dashboardWidgets", widgets.length),
      figure(
        "dashboardMetrics",
        widgets.reduce((sum, { properties }) => sum + count(properties?.metrics), 0),
      ),
    ];
  },
  "cloudwatch/queryDefinition:QueryDefinition": ({ queryString }) => [
    figure("queryDefinition", String(queryString).length),
  ],
  "lambda/function:Function": ({ environment, code, description }) => [
    figure("environment", bytes((environment as { variables?: object } | undefined)?.variables ?? {})),
    figure("code", gzipSync(JSON.stringify(code ?? "")).length),
    figure("description", String(description ?? "").length),
  ],
  "cloudfront/function:Function": ({ code }) => [figure("edgeFunction", bytes(code))],
  "cloudfront/distribution:Distribution": ({ orderedCacheBehaviors }) => [
    figure("cacheBehaviors", count(orderedCacheBehaviors)),
  ],
  "cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": ({ securityHeadersConfig }) => {
    const { contentSecurityPolicy } = (securityHeadersConfig ?? {}) as {
      contentSecurityPolicy?: { contentSecurityPolicy: string };
    };
    return [figure("contentSecurityPolicy", contentSecurityPolicy?.contentSecurityPolicy.length ?? 0)];
  },
  "sfn/stateMachine:StateMachine": ({ definition }) => [figure("stateMachine", bytes(definition))],
  "sns/topicPolicy:TopicPolicy": ({ policy }) => [figure("topicPolicy", bytes(policy))],
  "sns/topicSubscription:TopicSubscription": ({ filterPolicy }) => [figure("filterPolicy", bytes(filterPolicy))],
  "sqs/queuePolicy:QueuePolicy": ({ policy }) => [figure("queuePolicy", bytes(policy))],
  "wafv2/webAcl:WebAcl": ({ customResponseBodies }) =>
    ((customResponseBodies ?? []) as { content: string }[]).map(({ content }) =>
      figure("customResponse", bytes(content)),
    ),
  "s3/bucketPolicy:BucketPolicy": ({ policy }) => [figure("bucketPolicy", bytes(policy))],
  "kms/key:Key": ({ policy }) => [figure("keyPolicy", bytes(policy))],
  "kms/keyPolicy:KeyPolicy": ({ policy }) => [figure("keyPolicy", bytes(policy))],
  "ssm/parameter:Parameter": ({ value }) => [figure("parameter", String(value ?? "").length)],
  "dynamodb/table:Table": ({ globalSecondaryIndexes }) => [figure("secondaryIndexes", count(globalSecondaryIndexes))],
};

function nameOf({ type, name, inputs }: Resource): Figure[] {
  const rule = NAMES[type];
  if (!rule) return [];
  const physical = inputs[rule.key];
  const value = typeof physical === "string" ? physical.length : name.length + RANDOM;
  return [{ what: `the length of the name ${physical ?? `${name} with its random end`}`, value, limit: rule.limit }];
}

/** Sums of several resources on one: a role's inline policies and managed policies, a function's permissions. */
function sums(resources: readonly Resource[]): (Figure & { resource: Resource })[] {
  const grouped = (type: string, key: string) =>
    Object.values(
      Object.groupBy(
        resources.filter((resource) => resource.type === type),
        ({ inputs }) => String(inputs[key]),
      ),
    ).filter((group) => group !== undefined);
  return [
    ...grouped("aws:iam/rolePolicy:RolePolicy", "role").map((group) => ({
      resource: group[0]!,
      ...figure(
        "inlinePolicies",
        group.reduce((sum, { inputs }) => sum + letters(inputs["policy"]), 0),
      ),
    })),
    ...grouped("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role").map((group) => ({
      resource: group[0]!,
      ...figure("managedPolicies", group.length),
    })),
    // A statement has about the length of its arguments plus 150 bytes.
    ...grouped("aws:lambda/permission:Permission", "function").map((group) => ({
      resource: group[0]!,
      ...figure(
        "functionPolicy",
        group.reduce((sum, { inputs }) => sum + bytes(inputs) + 150, 0),
      ),
    })),
  ];
}
