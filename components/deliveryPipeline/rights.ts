import { actionsOf } from "../inlineFunction/actions";
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

const BACKUP_TAGS = "ListTags TagResource UntagResource";
const LOG_TAGS = "ListTagsForResource TagResource UntagResource";
const FUNCTIONS = "function:{prefix}*";
/** API Gateway's actions are HTTP methods; a tag is a resource below `/tags`. */
const apiGateway: Rights = {
  actions: actionsOf("apigateway", "GET POST PATCH PUT DELETE"),
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
    actions: actionsOf(
      "acm",
      "DescribeCertificate GetCertificate DeleteCertificate ListTagsForCertificate AddTagsToCertificate",
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
    everywhere: actionsOf(
      "logs",
      "CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries",
      "PutResourcePolicy DescribeResourcePolicies",
    ),
  },
  "backup.Plan": {
    actions: actionsOf("backup", "CreateBackupPlan GetBackupPlan UpdateBackupPlan DeleteBackupPlan", BACKUP_TAGS),
  },
  "backup.Selection": {
    serviceRoles: ["backup.amazonaws.com"],
    actions: actionsOf("backup", "CreateBackupSelection GetBackupSelection DeleteBackupSelection"),
  },
  "backup.Vault": {
    actions: [
      ...actionsOf("backup", "CreateBackupVault DescribeBackupVault DeleteBackupVault", BACKUP_TAGS),
      // The vault's calls of its key, on behalf of its creator.
      ...actionsOf("kms", "CreateGrant Decrypt DescribeKey GenerateDataKey RetireGrant"),
    ],
    everywhere: ["backup-storage:MountCapsule"],
  },
  "backup.VaultLockConfiguration": {
    actions: actionsOf(
      "backup",
      "PutBackupVaultLockConfiguration DescribeBackupVault DeleteBackupVaultLockConfiguration",
    ),
  },
  "cloudfront.CachePolicy": cloudFront("CachePolicy"),
  "cloudfront.Distribution": {
    actions: actionsOf(
      "cloudfront",
      "GetDistribution GetDistributionConfig UpdateDistribution DeleteDistribution ListTagsForResource",
      "TagResource UntagResource",
    ),
    everywhere: ["cloudfront:CreateDistribution"],
  },
  "cloudfront.Function": {
    actions: actionsOf("cloudfront", "DescribeFunction GetFunction UpdateFunction PublishFunction DeleteFunction"),
    everywhere: ["cloudfront:CreateFunction"],
  },
  "cloudfront.OriginAccessControl": cloudFront("OriginAccessControl"),
  "cloudfront.ResponseHeadersPolicy": cloudFront("ResponseHeadersPolicy"),
  "cloudtrail.Trail": {
    actions: actionsOf(
      "cloudtrail",
      "CreateTrail GetTrail GetTrailStatus GetEventSelectors GetInsightSelectors PutEventSelectors UpdateTrail StartLogging",
      "StopLogging DeleteTrail ListTags AddTags RemoveTags",
    ),
    everywhere: ["cloudtrail:DescribeTrails"],
  },
  "cloudwatch.CompositeAlarm": {
    everywhere: [...ACTIONS_OF_COMPOSITE_ALARMS],
    actions: actionsOf("cloudwatch", "DeleteAlarms ListTagsForResource TagResource UntagResource"),
  },
  "cloudwatch.Dashboard": {
    actions: actionsOf("cloudwatch", "PutDashboard GetDashboard DeleteDashboards"),
    arn: "arn:aws:cloudwatch::{account}:*",
  },
  "cloudwatch.EventRule": {
    only: "rule/{prefix}*",
    actions: actionsOf("events", "PutRule DescribeRule DeleteRule ListTagsForResource TagResource UntagResource"),
  },
  "cloudwatch.EventTarget": {
    only: "rule/{prefix}*",
    actions: actionsOf("events", "PutTargets ListTargetsByRule RemoveTargets"),
  },
  "cloudwatch.LogDelivery": {
    actions: actionsOf("logs", "CreateDelivery GetDelivery UpdateDeliveryConfiguration DeleteDelivery", LOG_TAGS),
    // For CloudFront's entry in the log group's resource policy.
    everywhere: actionsOf("logs", "PutResourcePolicy DescribeResourcePolicies"),
  },
  "cloudwatch.LogDeliveryDestination": {
    actions: actionsOf("logs", "PutDeliveryDestination GetDeliveryDestination DeleteDeliveryDestination", LOG_TAGS),
  },
  "cloudwatch.LogDeliverySource": {
    actions: [
      ...actionsOf("logs", "PutDeliverySource GetDeliverySource DeleteDeliverySource", LOG_TAGS),
      "cloudfront:AllowVendedLogDeliveryForResource",
    ],
  },
  "cloudwatch.LogGroup": {
    actions: actionsOf("logs", "CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy", LOG_TAGS),
    everywhere: ["logs:DescribeLogGroups"],
  },
  "cloudwatch.LogMetricFilter": {
    actions: actionsOf("logs", "PutMetricFilter DescribeMetricFilters DeleteMetricFilter"),
  },
  "cloudwatch.LogResourcePolicy": {
    actions: [],
    everywhere: actionsOf("logs", "PutResourcePolicy DescribeResourcePolicies DeleteResourcePolicy"),
  },
  "cloudwatch.MetricAlarm": {
    actions: actionsOf(
      "cloudwatch",
      "PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource TagResource UntagResource",
    ),
  },
  "cloudwatch.QueryDefinition": {
    actions: [],
    everywhere: actionsOf("logs", "PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition"),
  },
  "cognito.UserGroup": { actions: actionsOf("cognito-idp", "CreateGroup GetGroup UpdateGroup DeleteGroup") },
  "cognito.UserPool": {
    actions: actionsOf(
      "cognito-idp",
      "DescribeUserPool UpdateUserPool AddCustomAttributes DeleteUserPool GetUserPoolMfaConfig",
      "SetUserPoolMfaConfig ListTagsForResource TagResource UntagResource",
    ),
    // Needed by a pool that sends mail with the store's SES identity (`mailIdentityArn`).
    serviceRoles: ["email.cognito-idp.amazonaws.com"],
    everywhere: ["cognito-idp:CreateUserPool"],
  },
  "cognito.UserPoolClient": {
    actions: actionsOf(
      "cognito-idp",
      "CreateUserPoolClient DescribeUserPoolClient UpdateUserPoolClient DeleteUserPoolClient",
    ),
  },
  "costexplorer.AnomalyMonitor": {
    actions: actionsOf(
      "ce",
      "GetAnomalyMonitors UpdateAnomalyMonitor DeleteAnomalyMonitor ListTagsForResource TagResource",
      "UntagResource",
    ),
    everywhere: ["ce:CreateAnomalyMonitor"],
    arn: "arn:aws:ce::{account}:*",
  },
  "costexplorer.AnomalySubscription": {
    actions: actionsOf(
      "ce",
      "GetAnomalySubscriptions UpdateAnomalySubscription DeleteAnomalySubscription ListTagsForResource",
      "TagResource UntagResource",
    ),
    everywhere: ["ce:CreateAnomalySubscription"],
    arn: "arn:aws:ce::{account}:*",
  },
  "dynamodb.Table": {
    actions: actionsOf(
      "dynamodb",
      "CreateTable DescribeTable UpdateTable DeleteTable DescribeContinuousBackups UpdateContinuousBackups",
      "DescribeTimeToLive UpdateTimeToLive ListTagsOfResource CreateTableReplica DeleteTableReplica",
      "DescribeContributorInsights DescribeTableReplicaAutoScaling UpdateTableReplicaAutoScaling",
      // A new replica copies the items.
      "Scan Query GetItem PutItem UpdateItem DeleteItem BatchWriteItem TagResource UntagResource",
    ),
    serviceRoles: ["replication.dynamodb.amazonaws.com"],
    only: "table/{prefix}*",
  },
  "iam.Role": {
    actions: actionsOf(
      "iam",
      "GetRole DeleteRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole TagRole",
      "UntagRole",
    ),
    conditional: {
      // PutRolePermissionsBoundary adds the boundary to roles of earlier releases.
      bounded: actionsOf(
        "iam",
        "CreateRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription PutRolePermissionsBoundary",
      ),
      passed: ["iam:PassRole"],
    },
    only: "role/{prefix}*",
    arn: "arn:aws:iam::{account}:",
  },
  "iam.RolePolicy": {
    actions: ["iam:GetRolePolicy"],
    conditional: { bounded: actionsOf("iam", "PutRolePolicy DeleteRolePolicy") },
    only: "role/{prefix}*",
    arn: "arn:aws:iam::{account}:",
  },
  "kms.Key": {
    actions: actionsOf(
      "kms",
      "DescribeKey GetKeyPolicy PutKeyPolicy GetKeyRotationStatus EnableKey DisableKey EnableKeyRotation",
      "DisableKeyRotation UpdateKeyDescription ScheduleKeyDeletion ListResourceTags GetPublicKey",
      "TagResource UntagResource",
    ),
    everywhere: ["kms:CreateKey"],
    // For multi-Region keys: docs.aws.amazon.com/kms/latest/developerguide/multi-region-auth-slr.html
    serviceRoles: ["mrk.kms.amazonaws.com"],
  },
  "kms.KeyPolicy": { actions: actionsOf("kms", "GetKeyPolicy PutKeyPolicy") },
  "kms.ReplicaKey": {
    actions: actionsOf("kms", "ReplicateKey DescribeKey GetKeyPolicy PutKeyPolicy ScheduleKeyDeletion"),
    everywhere: ["kms:CreateKey"],
  },
  "lambda.Alias": lambda("CreateAlias GetAlias UpdateAlias DeleteAlias"),
  "lambda.EventSourceMapping": {
    actions: ["lambda:GetEventSourceMapping"],
    conditional: {
      mapped: actionsOf("lambda", "CreateEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping"),
    },
    everywhere: ["lambda:ListEventSourceMappings"],
  },
  "lambda.Function": {
    only: FUNCTIONS,
    actions: actionsOf(
      "lambda",
      "CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig",
      "UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction ListVersionsByFunction",
      "PublishVersion PutFunctionConcurrency DeleteFunctionConcurrency ListTags TagResource UntagResource",
    ),
  },
  "lambda.FunctionEventInvokeConfig": {
    only: FUNCTIONS,
    actions: actionsOf(
      "lambda",
      "GetFunctionEventInvokeConfig PutFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig",
      "DeleteFunctionEventInvokeConfig",
    ),
  },
  "lambda.Invocation": lambda("InvokeFunction"),
  "lambda.Permission": lambda("AddPermission GetPolicy RemovePermission"),
  "lambda.ProvisionedConcurrencyConfig": {
    only: FUNCTIONS,
    actions: actionsOf(
      "lambda",
      "PutProvisionedConcurrencyConfig GetProvisionedConcurrencyConfig DeleteProvisionedConcurrencyConfig",
    ),
  },
  "opensearch.Domain": {
    only: "domain/{prefix}*",
    actions: actionsOf(
      "es",
      "CreateDomain DescribeDomain DescribeDomainConfig UpdateDomainConfig DeleteDomain",
      "GetCompatibleVersions ListTags AddTags RemoveTags",
    ),
  },
  "opensearch.DomainPolicy": {
    only: "domain/{prefix}*",
    actions: actionsOf("es", "UpdateDomainConfig DescribeDomain"),
  },
  "route53.HealthCheck": {
    actions: actionsOf(
      "route53",
      "GetHealthCheck UpdateHealthCheck DeleteHealthCheck ListTagsForResource ChangeTagsForResource",
    ),
    everywhere: ["route53:CreateHealthCheck"],
    arn: "arn:aws:route53:::healthcheck/*",
  },
  "route53.Record": {
    actions: actionsOf("route53", "GetHostedZone ListResourceRecordSets ChangeResourceRecordSets"),
    everywhere: ["route53:GetChange"],
    arn: "arn:aws:route53:::hostedzone/*",
  },
  "s3.Bucket": bucket(
    "CreateBucket DeleteBucket ListBucket ListBucketVersions GetBucketTagging PutBucketTagging GetBucketAcl PutBucketAcl",
    "GetBucketCORS GetBucketWebsite GetBucketLogging GetBucketRequestPayment GetAccelerateConfiguration",
  ),
  "s3.BucketLifecycleConfiguration": bucket("GetLifecycleConfiguration PutLifecycleConfiguration"),
  "s3.BucketObjectLockConfiguration": bucket("GetBucketObjectLockConfiguration PutBucketObjectLockConfiguration"),
  "s3.BucketObjectv2": bucket("GetObject PutObject DeleteObject GetObjectTagging PutObjectTagging"),
  "s3.BucketOwnershipControls": bucket("GetBucketOwnershipControls PutBucketOwnershipControls"),
  "s3.BucketPolicy": bucket("GetBucketPolicy PutBucketPolicy DeleteBucketPolicy"),
  "s3.BucketPublicAccessBlock": bucket("GetBucketPublicAccessBlock PutBucketPublicAccessBlock"),
  "s3.BucketReplicationConfig": bucket("GetReplicationConfiguration PutReplicationConfiguration"),
  "s3.BucketServerSideEncryptionConfiguration": bucket("GetEncryptionConfiguration PutEncryptionConfiguration"),
  "s3.BucketVersioning": bucket("GetBucketVersioning PutBucketVersioning"),
  "scheduler.Schedule": {
    only: "schedule/default/{prefix}*",
    actions: actionsOf("scheduler", "CreateSchedule GetSchedule UpdateSchedule DeleteSchedule"),
  },
  "sfn.StateMachine": {
    only: "stateMachine:{prefix}*",
    actions: actionsOf(
      "states",
      "CreateStateMachine DescribeStateMachine UpdateStateMachine DeleteStateMachine",
      "ListStateMachineVersions ListTagsForResource TagResource UntagResource",
    ),
    everywhere: [VALIDATE_DEFINITION],
  },
  "sns.Topic": {
    only: "{prefix}*",
    actions: actionsOf(
      "sns",
      "CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic ListTagsForResource TagResource",
      "UntagResource",
    ),
  },
  "sns.TopicPolicy": { only: "{prefix}*", actions: actionsOf("sns", "GetTopicAttributes SetTopicAttributes") },
  "sns.TopicSubscription": {
    only: "{prefix}*",
    actions: actionsOf("sns", "Subscribe GetSubscriptionAttributes SetSubscriptionAttributes"),
    everywhere: ["sns:Unsubscribe"],
  },
  "sqs.Queue": {
    only: "{prefix}*",
    actions: actionsOf(
      "sqs",
      "CreateQueue GetQueueAttributes SetQueueAttributes GetQueueUrl DeleteQueue ListQueueTags TagQueue",
      "UntagQueue",
    ),
  },
  "sqs.QueuePolicy": { only: "{prefix}*", actions: actionsOf("sqs", "GetQueueAttributes SetQueueAttributes") },
  "ssm.Parameter": {
    only: "parameter/{prefix}*",
    actions: actionsOf(
      "ssm",
      "PutParameter GetParameter GetParameters DeleteParameter ListTagsForResource AddTagsToResource",
      "RemoveTagsFromResource",
    ),
    everywhere: ["ssm:DescribeParameters"],
  },
  "wafv2.WebAcl": {
    // AWS's managed rule groups are resources of the calls that refer to them.
    only: ["global/webacl/{prefix}*", "global/managedruleset/*"],
    actions: actionsOf(
      "wafv2",
      "CreateWebACL GetWebACL UpdateWebACL DeleteWebACL ListTagsForResource TagResource UntagResource",
    ),
  },
};

function lambda(names: string): Rights {
  return { actions: actionsOf("lambda", names), only: FUNCTIONS };
}

function cloudFront(what: string): Rights {
  return {
    actions: actionsOf("cloudfront", `Get${what}`, `Update${what}`, `Delete${what}`),
    everywhere: [`cloudfront:Create${what}`],
  };
}

function bucket(...names: string[]): Rights {
  return { actions: actionsOf("s3", ...names), only: "{prefix}*", arn: "arn:aws:s3:::" };
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
