import { keptSettings, type ProtectedResources } from "./boundary";
import type { PolicyStatement } from "./policyStatement";

/**
 * A condition on an action:
 *
 * - `bounded`: only for roles with the environment's permissions boundary.
 * - `passed`: only to the services of {@link PASSED_TO}.
 * - `mapped`: only for event source mappings of the store's functions.
 */
export type Condition = "bounded" | "passed" | "mapped";

/** Services that assume roles of the store. */
export const PASSED_TO = [
  "backup.amazonaws.com",
  "lambda.amazonaws.com",
  "s3.amazonaws.com",
  "scheduler.amazonaws.com",
  "states.amazonaws.com",
] as const;

/** Permissions to create, read, update and delete one type of resource. */
export interface Rights {
  /** Actions on the account's resources. */
  actions: string[];
  /** Actions without a resource in AWS, or whose resource does not exist yet. */
  everywhere?: string[];
  /** Resource parts of the ARN, such as `role/{prefix}*` for each prefix. Default: all resources of the service in the account. */
  only?: string | string[];
  /** Services whose service-linked role AWS creates with the first such resource of an account. */
  serviceRoles?: string[];
  /** Actions on the same resources that are allowed under a condition. */
  conditional?: Partial<Record<Condition, string[]>>;
  /** Beginning of the ARNs of a service without Region or account, such as `arn:aws:s3:::`. */
  arn?: string;
}

/**
 * Actions that need `*` although AWS's reference lists resources: with a narrower permission CloudWatch refuses composite alarms, and
 * DescribeAlarms leaves them out.
 */
export const ACTIONS_OF_COMPOSITE_ALARMS = ["cloudwatch:DescribeAlarms", "cloudwatch:PutCompositeAlarm"] as const;

/** The provider validates a changed definition during the preview. AWS has no resource for this action. */
export const VALIDATE_DEFINITION = "states:ValidateStateMachineDefinition";

const tags = (service: string) => [`${service}:TagResource`, `${service}:UntagResource`];
const crud = (service: string, ...names: string[]) => names.map((name) => `${service}:${name}`);

/** API Gateway's actions are HTTP methods; a tag is a resource below `/tags`. */
const API_GATEWAY = crud("apigateway", "GET", "POST", "PATCH", "PUT", "DELETE");
const BACKUP_TAGS = ["ListTags", "TagResource", "UntagResource"];
const BUCKET = (...settings: string[]) => settings.flatMap((setting) => [`s3:Get${setting}`, `s3:Put${setting}`]);
const FUNCTIONS = "function:{prefix}*";
const apiGateway: Rights = {
  actions: API_GATEWAY,
  arn: "arn:aws:apigateway:*::/*",
  serviceRoles: ["ops.apigateway.amazonaws.com"],
};

/**
 * Permissions of the deploying role by resource type. A test compares them with AWS's service authorization reference (each action exists
 * and applies to its ARN). On 2026-11-22 they were compared by hand with `pike`, which has tried out the resources of the Terraform
 * provider that Pulumi's is based on. They were not tried on AWS. A test fails for a resource type of the store that is missing here.
 */
export const DEPLOY_RIGHTS: Record<string, Rights> = {
  "acm.Certificate": {
    actions: crud(
      "acm",
      "DescribeCertificate",
      "GetCertificate",
      "DeleteCertificate",
      "ListTagsForCertificate",
      "AddTagsToCertificate",
      "RemoveTagsFromCertificate",
    ),
    everywhere: ["acm:RequestCertificate"],
  },
  "acm.CertificateValidation": { actions: ["acm:DescribeCertificate"] },
  "apigatewayv2.Api": apiGateway,
  "apigatewayv2.ApiMapping": apiGateway,
  "apigatewayv2.Authorizer": apiGateway,
  "apigatewayv2.DomainName": apiGateway,
  "apigatewayv2.Integration": apiGateway,
  "apigatewayv2.Route": apiGateway,
  "apigatewayv2.Stage": {
    ...apiGateway,
    everywhere: crud(
      "logs",
      "CreateLogDelivery",
      "GetLogDelivery",
      "UpdateLogDelivery",
      "DeleteLogDelivery",
      "ListLogDeliveries",
      "PutResourcePolicy",
      "DescribeResourcePolicies",
    ),
  },
  "backup.Plan": {
    actions: crud(
      "backup",
      "CreateBackupPlan",
      "GetBackupPlan",
      "UpdateBackupPlan",
      "DeleteBackupPlan",
      ...BACKUP_TAGS,
    ),
  },
  "backup.Selection": {
    serviceRoles: ["backup.amazonaws.com"],
    actions: crud("backup", "CreateBackupSelection", "GetBackupSelection", "DeleteBackupSelection"),
  },
  "backup.Vault": {
    actions: [
      ...crud("backup", "CreateBackupVault", "DescribeBackupVault", "DeleteBackupVault", ...BACKUP_TAGS),
      // The vault's calls of its key, on behalf of its creator.
      ...crud("kms", "CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey", "RetireGrant"),
    ],
    everywhere: ["backup-storage:MountCapsule"],
  },
  "backup.VaultLockConfiguration": {
    actions: crud(
      "backup",
      "PutBackupVaultLockConfiguration",
      "DescribeBackupVault",
      "DeleteBackupVaultLockConfiguration",
    ),
  },
  "cloudfront.CachePolicy": cloudFront("CachePolicy"),
  "cloudfront.Distribution": {
    actions: [
      ...crud(
        "cloudfront",
        "GetDistribution",
        "GetDistributionConfig",
        "UpdateDistribution",
        "DeleteDistribution",
        "ListTagsForResource",
      ),
      ...tags("cloudfront"),
    ],
    everywhere: ["cloudfront:CreateDistribution"],
  },
  "cloudfront.Function": {
    actions: crud(
      "cloudfront",
      "DescribeFunction",
      "GetFunction",
      "UpdateFunction",
      "PublishFunction",
      "DeleteFunction",
    ),
    everywhere: ["cloudfront:CreateFunction"],
  },
  "cloudfront.OriginAccessControl": cloudFront("OriginAccessControl"),
  "cloudfront.ResponseHeadersPolicy": cloudFront("ResponseHeadersPolicy"),
  // Created by awsx.
  "cloudtrail.Trail": {
    actions: crud(
      "cloudtrail",
      "CreateTrail",
      "GetTrail",
      "GetTrailStatus",
      "GetEventSelectors",
      "GetInsightSelectors",
      "UpdateTrail",
      "StartLogging",
      "StopLogging",
      "DeleteTrail",
      "ListTags",
      "AddTags",
      "RemoveTags",
    ),
    everywhere: ["cloudtrail:DescribeTrails"],
  },
  "cloudwatch.CompositeAlarm": {
    everywhere: [...ACTIONS_OF_COMPOSITE_ALARMS],
    actions: crud("cloudwatch", "DeleteAlarms", "ListTagsForResource", "TagResource", "UntagResource"),
  },
  "cloudwatch.Dashboard": {
    actions: crud("cloudwatch", "PutDashboard", "GetDashboard", "DeleteDashboards"),
    arn: "arn:aws:cloudwatch::{account}:*",
  },
  "cloudwatch.LogGroup": {
    actions: [
      ...crud(
        "logs",
        "CreateLogGroup",
        "DeleteLogGroup",
        "PutRetentionPolicy",
        "DeleteRetentionPolicy",
        "ListTagsForResource",
      ),
      ...tags("logs"),
    ],
    everywhere: ["logs:DescribeLogGroups"],
  },
  "cloudwatch.LogMetricFilter": {
    actions: crud("logs", "PutMetricFilter", "DescribeMetricFilters", "DeleteMetricFilter"),
  },
  "cloudwatch.MetricAlarm": {
    actions: crud(
      "cloudwatch",
      "PutMetricAlarm",
      "DescribeAlarms",
      "DeleteAlarms",
      "ListTagsForResource",
      "TagResource",
      "UntagResource",
    ),
  },
  "cloudwatch.QueryDefinition": {
    actions: [],
    everywhere: crud("logs", "PutQueryDefinition", "DescribeQueryDefinitions", "DeleteQueryDefinition"),
  },
  "cognito.UserGroup": { actions: crud("cognito-idp", "CreateGroup", "GetGroup", "UpdateGroup", "DeleteGroup") },
  "cognito.UserPool": {
    actions: [
      ...crud(
        "cognito-idp",
        "DescribeUserPool",
        "UpdateUserPool",
        "AddCustomAttributes",
        "DeleteUserPool",
        "GetUserPoolMfaConfig",
        "SetUserPoolMfaConfig",
        "ListTagsForResource",
      ),
      ...tags("cognito-idp"),
    ],
    // Needed by a pool that sends mail with the store's SES identity (`mailIdentityArn`).
    serviceRoles: ["email.cognito-idp.amazonaws.com"],
    everywhere: ["cognito-idp:CreateUserPool"],
  },
  "cognito.UserPoolClient": {
    actions: crud(
      "cognito-idp",
      "CreateUserPoolClient",
      "DescribeUserPoolClient",
      "UpdateUserPoolClient",
      "DeleteUserPoolClient",
    ),
  },
  "costexplorer.AnomalyMonitor": {
    actions: crud(
      "ce",
      "GetAnomalyMonitors",
      "UpdateAnomalyMonitor",
      "DeleteAnomalyMonitor",
      "ListTagsForResource",
      "TagResource",
      "UntagResource",
    ),
    everywhere: ["ce:CreateAnomalyMonitor"],
    arn: "arn:aws:ce::{account}:*",
  },
  "costexplorer.AnomalySubscription": {
    actions: crud(
      "ce",
      "GetAnomalySubscriptions",
      "UpdateAnomalySubscription",
      "DeleteAnomalySubscription",
      "ListTagsForResource",
      "TagResource",
      "UntagResource",
    ),
    everywhere: ["ce:CreateAnomalySubscription"],
    arn: "arn:aws:ce::{account}:*",
  },
  "dynamodb.Table": {
    actions: [
      ...crud(
        "dynamodb",
        "CreateTable",
        "DescribeTable",
        "UpdateTable",
        "DeleteTable",
        "DescribeContinuousBackups",
        "UpdateContinuousBackups",
        "DescribeTimeToLive",
        "UpdateTimeToLive",
        "ListTagsOfResource",
      ),
      ...crud(
        "dynamodb",
        "CreateTableReplica",
        "DeleteTableReplica",
        "DescribeContributorInsights",
        "DescribeTableReplicaAutoScaling",
        "UpdateTableReplicaAutoScaling",
      ),
      // A new replica copies the items.
      ...crud("dynamodb", "Scan", "Query", "GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
      ...tags("dynamodb"),
    ],
    serviceRoles: ["replication.dynamodb.amazonaws.com"],
    only: "table/{prefix}*",
  },
  "iam.Role": {
    actions: crud(
      "iam",
      "GetRole",
      "DeleteRole",
      "ListRolePolicies",
      "ListAttachedRolePolicies",
      "ListInstanceProfilesForRole",
      "TagRole",
      "UntagRole",
    ),
    conditional: {
      // PutRolePermissionsBoundary adds the boundary to roles of earlier releases.
      bounded: crud(
        "iam",
        "CreateRole",
        "UpdateAssumeRolePolicy",
        "UpdateRole",
        "UpdateRoleDescription",
        "PutRolePermissionsBoundary",
      ),
      passed: ["iam:PassRole"],
    },
    only: "role/{prefix}*",
    arn: "arn:aws:iam::{account}:",
  },
  "iam.RolePolicy": {
    actions: ["iam:GetRolePolicy"],
    conditional: { bounded: crud("iam", "PutRolePolicy", "DeleteRolePolicy") },
    only: "role/{prefix}*",
    arn: "arn:aws:iam::{account}:",
  },
  "kms.Key": {
    actions: [
      ...crud(
        "kms",
        "DescribeKey",
        "GetKeyPolicy",
        "PutKeyPolicy",
        "GetKeyRotationStatus",
        "EnableKey",
        "DisableKey",
        "EnableKeyRotation",
        "DisableKeyRotation",
        "UpdateKeyDescription",
        "ScheduleKeyDeletion",
        "ListResourceTags",
        "GetPublicKey",
      ),
      ...tags("kms"),
    ],
    everywhere: ["kms:CreateKey"],
    // For multi-Region keys: docs.aws.amazon.com/kms/latest/developerguide/multi-region-auth-slr.html
    serviceRoles: ["mrk.kms.amazonaws.com"],
  },
  "kms.KeyPolicy": { actions: crud("kms", "GetKeyPolicy", "PutKeyPolicy") },
  "kms.ReplicaKey": {
    actions: crud("kms", "ReplicateKey", "DescribeKey", "GetKeyPolicy", "PutKeyPolicy", "ScheduleKeyDeletion"),
    everywhere: ["kms:CreateKey"],
  },
  "lambda.Alias": lambda("CreateAlias", "GetAlias", "UpdateAlias", "DeleteAlias"),
  "lambda.EventSourceMapping": {
    actions: ["lambda:GetEventSourceMapping"],
    conditional: {
      mapped: crud("lambda", "CreateEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping"),
    },
    everywhere: ["lambda:ListEventSourceMappings"],
  },
  "lambda.Function": {
    only: FUNCTIONS,
    actions: [
      ...crud(
        "lambda",
        "CreateFunction",
        "GetFunction",
        "GetFunctionConfiguration",
        "GetFunctionCodeSigningConfig",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
        "DeleteFunction",
        "ListVersionsByFunction",
        "PublishVersion",
        "PutFunctionConcurrency",
        "DeleteFunctionConcurrency",
        "ListTags",
      ),
      ...tags("lambda"),
    ],
  },
  "lambda.FunctionEventInvokeConfig": {
    only: FUNCTIONS,
    actions: crud(
      "lambda",
      "GetFunctionEventInvokeConfig",
      "PutFunctionEventInvokeConfig",
      "UpdateFunctionEventInvokeConfig",
      "DeleteFunctionEventInvokeConfig",
    ),
  },
  "lambda.Invocation": lambda("InvokeFunction"),
  "lambda.Permission": lambda("AddPermission", "GetPolicy", "RemovePermission"),
  "lambda.ProvisionedConcurrencyConfig": {
    only: FUNCTIONS,
    actions: crud(
      "lambda",
      "PutProvisionedConcurrencyConfig",
      "GetProvisionedConcurrencyConfig",
      "DeleteProvisionedConcurrencyConfig",
    ),
  },
  "opensearch.Domain": {
    only: "domain/{prefix}*",
    actions: crud(
      "es",
      "CreateDomain",
      "DescribeDomain",
      "DescribeDomainConfig",
      "UpdateDomainConfig",
      "DeleteDomain",
      "GetCompatibleVersions",
      "ListTags",
      "AddTags",
      "RemoveTags",
    ),
  },
  "opensearch.DomainPolicy": { only: "domain/{prefix}*", actions: crud("es", "UpdateDomainConfig", "DescribeDomain") },
  "route53.HealthCheck": {
    actions: crud(
      "route53",
      "GetHealthCheck",
      "UpdateHealthCheck",
      "DeleteHealthCheck",
      "ListTagsForResource",
      "ChangeTagsForResource",
    ),
    everywhere: ["route53:CreateHealthCheck"],
    arn: "arn:aws:route53:::healthcheck/*",
  },
  "route53.Record": {
    actions: crud("route53", "GetHostedZone", "ListResourceRecordSets", "ChangeResourceRecordSets"),
    everywhere: ["route53:GetChange"],
    arn: "arn:aws:route53:::hostedzone/*",
  },
  "s3.Bucket": bucket(
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    ...BUCKET("BucketTagging", "BucketAcl"),
    "s3:GetBucketCORS",
    "s3:GetBucketWebsite",
    "s3:GetBucketLogging",
    "s3:GetBucketRequestPayment",
    "s3:GetAccelerateConfiguration",
  ),
  "s3.BucketLifecycleConfiguration": bucket(...BUCKET("LifecycleConfiguration")),
  "s3.BucketObjectLockConfiguration": bucket(...BUCKET("BucketObjectLockConfiguration")),
  "s3.BucketObjectv2": bucket(
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:GetObjectTagging",
    "s3:PutObjectTagging",
  ),
  "s3.BucketOwnershipControls": bucket(...BUCKET("BucketOwnershipControls")),
  "s3.BucketPolicy": bucket(...BUCKET("BucketPolicy"), "s3:DeleteBucketPolicy"),
  "s3.BucketPublicAccessBlock": bucket(...BUCKET("BucketPublicAccessBlock")),
  "s3.BucketReplicationConfig": bucket(...BUCKET("ReplicationConfiguration")),
  "s3.BucketServerSideEncryptionConfiguration": bucket(...BUCKET("EncryptionConfiguration")),
  "s3.BucketVersioning": bucket(...BUCKET("BucketVersioning")),
  "scheduler.Schedule": {
    only: "schedule/default/{prefix}*",
    actions: crud("scheduler", "CreateSchedule", "GetSchedule", "UpdateSchedule", "DeleteSchedule"),
  },
  "sfn.StateMachine": {
    only: "stateMachine:{prefix}*",
    actions: [
      ...crud(
        "states",
        "CreateStateMachine",
        "DescribeStateMachine",
        "UpdateStateMachine",
        "DeleteStateMachine",
        "ListStateMachineVersions",
        "ListTagsForResource",
      ),
      ...tags("states"),
    ],
    everywhere: [VALIDATE_DEFINITION],
  },
  "sns.Topic": {
    only: "{prefix}*",
    actions: [
      ...crud("sns", "CreateTopic", "GetTopicAttributes", "SetTopicAttributes", "DeleteTopic", "ListTagsForResource"),
      ...tags("sns"),
    ],
  },
  "sns.TopicPolicy": { only: "{prefix}*", actions: crud("sns", "GetTopicAttributes", "SetTopicAttributes") },
  "sns.TopicSubscription": {
    only: "{prefix}*",
    actions: crud("sns", "Subscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes"),
    everywhere: ["sns:Unsubscribe"],
  },
  "sqs.Queue": {
    only: "{prefix}*",
    actions: crud(
      "sqs",
      "CreateQueue",
      "GetQueueAttributes",
      "SetQueueAttributes",
      "GetQueueUrl",
      "DeleteQueue",
      "ListQueueTags",
      "TagQueue",
      "UntagQueue",
    ),
  },
  "sqs.QueuePolicy": { only: "{prefix}*", actions: crud("sqs", "GetQueueAttributes", "SetQueueAttributes") },
  "ssm.Parameter": {
    only: "parameter/{prefix}*",
    actions: crud(
      "ssm",
      "PutParameter",
      "GetParameter",
      "GetParameters",
      "DeleteParameter",
      "ListTagsForResource",
      "AddTagsToResource",
      "RemoveTagsFromResource",
    ),
    everywhere: ["ssm:DescribeParameters"],
  },
  "wafv2.WebAcl": {
    // AWS's managed rule groups are resources of the calls that refer to them.
    only: ["global/webacl/{prefix}*", "global/managedruleset/*"],
    actions: [
      ...crud("wafv2", "CreateWebACL", "GetWebACL", "UpdateWebACL", "DeleteWebACL", "ListTagsForResource"),
      ...tags("wafv2"),
    ],
  },
};

function lambda(...names: string[]): Rights {
  return { actions: crud("lambda", ...names), only: FUNCTIONS };
}

function cloudFront(what: string): Rights {
  return {
    actions: crud("cloudfront", `Get${what}`, `Update${what}`, `Delete${what}`),
    everywhere: [`cloudfront:Create${what}`],
  };
}

function bucket(...actions: string[]): Rights {
  return { actions, only: "{prefix}*", arn: "arn:aws:s3:::" };
}

/** Scope of a deploying role. */
export interface DeployScope {
  accountId: string;
  /** Prefixes of the names of the store's resources. */
  prefixes: readonly string[];
  /** Permissions boundary of every role that a release creates. */
  boundaryArn: string;
  /** Resources that no release may change. */
  kept: ProtectedResources;
  /** Prefix of the names of the environment's roles and boundary. */
  ownPrefix: string;
}

/** AWS limits a managed policy to 6,144 characters without white space; 10 % are reserved for further permissions. */
const LONGEST = 5_529;

/**
 * Policies of the deploying role, as documents that fit managed policies. They name each action; resources are those of the account,
 * narrowed to the store's prefixes where names are known in advance.
 */
export function deployPolicies(scope: DeployScope): PolicyStatement[][] {
  const byPlace = new Map<string, Set<string>>();
  const put = (actions: readonly string[], Resource: string[], condition?: Condition) => {
    const place = JSON.stringify({ Resource, ...(condition && { Condition: conditionOf(condition, scope) }) });
    byPlace.set(place, new Set([...(byPlace.get(place) ?? []), ...actions]));
  };
  for (const rights of Object.values(DEPLOY_RIGHTS)) {
    for (const { actions, resources, condition } of allowedBy(rights, scope.accountId, scope.prefixes)) {
      put(actions, resources, condition);
    }
  }
  const statements = [...byPlace].map(
    ([place, actions]): PolicyStatement => ({ Effect: "Allow", Action: [...actions].sort(), ...JSON.parse(place) }),
  );
  const own = ["role", "policy"].map((kind) => `arn:aws:iam::${scope.accountId}:${kind}/${scope.ownPrefix}*`);
  return distribute([
    ...statements.flatMap(split),
    ...keptSettings(scope.kept),
    { Effect: "Deny", Action: ["iam:*"], Resource: own },
  ]);
}

/** Actions of one type's permissions, each with its resources and condition. */
export function allowedBy(rights: Rights, accountId: string, prefixes: readonly string[]) {
  const on = (actions: readonly string[], condition?: Condition) =>
    [...byService(actions)].map(([service, own]) => ({
      actions: own,
      // A new mapping has no ARN yet.
      resources: condition === "mapped" ? ["*"] : resourcesOf(rights, service, accountId, prefixes),
      condition,
    }));
  return [
    ...on(rights.actions),
    ...Object.entries(rights.conditional ?? {}).flatMap(([condition, actions]) => on(actions, condition as Condition)),
    ...(rights.everywhere ? [{ actions: rights.everywhere, resources: ["*"], condition: undefined }] : []),
    ...(rights.serviceRoles ?? []).map((service) => ({
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [`arn:aws:iam::${accountId}:role/aws-service-role/${service}/*`],
      condition: undefined,
    })),
  ];
}

function conditionOf(condition: Condition, { accountId, prefixes, boundaryArn }: DeployScope) {
  if (condition === "bounded") return { StringEquals: { "iam:PermissionsBoundary": boundaryArn } };
  if (condition === "passed") return { StringEquals: { "iam:PassedToService": [...PASSED_TO] } };
  const functions = prefixes.map((prefix) => `arn:aws:lambda:*:${accountId}:function:${prefix}*`);
  return { ArnLike: { "lambda:FunctionArn": functions } };
}

/** Splits a statement that is too long for one document. */
function split(statement: PolicyStatement): PolicyStatement[] {
  const { Action = [] } = statement;
  if (documentOf([statement]).length <= LONGEST || Action.length < 2) return [statement];
  const half = Math.ceil(Action.length / 2);
  return [Action.slice(0, half), Action.slice(half)].flatMap((part) => split({ ...statement, Action: part }));
}

function byService(actions: readonly string[]): Map<string, string[]> {
  const services = new Map<string, string[]>();
  for (const action of actions) {
    const service = action.slice(0, action.indexOf(":"));
    services.set(service, [...(services.get(service) ?? []), action]);
  }
  return services;
}

/** ARNs that the actions of a type are allowed on. */
function resourcesOf({ only, arn }: Rights, service: string, accountId: string, prefixes: readonly string[]): string[] {
  const start = (arn ?? `arn:aws:${service}:*:{account}:${only ? "" : "*"}`).replace("{account}", accountId);
  // CloudFront has no Regions.
  if (!only) return [service === "cloudfront" ? `arn:aws:cloudfront::${accountId}:*` : start];
  // The pattern also matches a table's indexes and a bucket's objects.
  const parts = prefixes.flatMap((prefix) => [only].flat().map((part) => start + part.replace("{prefix}", prefix)));
  return [...new Set(parts)];
}

function distribute(statements: PolicyStatement[]): PolicyStatement[][] {
  const documents: PolicyStatement[][] = [[]];
  for (const statement of statements) {
    const last = documents.at(-1)!;
    if (last.length > 0 && documentOf([...last, statement]).length > LONGEST) documents.push([statement]);
    else last.push(statement);
  }
  return documents;
}

/** A policy document as IAM takes it. */
export const documentOf = (statements: PolicyStatement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
