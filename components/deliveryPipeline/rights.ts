/** What making, reading, changing and deleting one type of resource asks of AWS. */
export interface Rights {
  /** Actions on resources of the account. */
  actions: string[];
  /** Actions that AWS has no resource for, or whose resource does not exist yet. */
  everywhere?: string[];
  /** Resource part of the ARN where it is narrower than the service in this account: `role/{prefix}*` for each prefix. */
  only?: string;
  /** Services whose service-linked role AWS makes in the account with the first such resource. */
  serviceRoles?: string[];
  /** ARNs of this service have no Region, or no account: `arn:aws:SERVICE:REGION:ACCOUNT:…` with what is given. */
  arn?: string;
}

/**
 * The reference has resources for them, and CloudWatch refuses composite alarms to whoever has the permission for anything
 * narrower than `*`: with one alarm's ARN, or every alarm's, DescribeAlarms just leaves them out.
 */
export const ACTIONS_OF_COMPOSITE_ALARMS = ["cloudwatch:DescribeAlarms", "cloudwatch:PutCompositeAlarm"] as const;

/** The provider has Step Functions check a changed definition, in a preview already. AWS has no resource for it. */
export const VALIDATE_DEFINITION = "states:ValidateStateMachineDefinition";

const tags = (service: string) => [`${service}:TagResource`, `${service}:UntagResource`];
const crud = (service: string, ...names: string[]) => names.map((name) => `${service}:${name}`);

/** Its actions are those of HTTP; a tag is a resource below `/tags`. */
const API_GATEWAY = crud("apigateway", "GET", "POST", "PATCH", "PUT", "DELETE");
const BACKUP_TAGS = ["ListTags", "TagResource", "UntagResource"];
const BUCKET = (...settings: string[]) => settings.flatMap((setting) => [`s3:Get${setting}`, `s3:Put${setting}`]);
const apiGateway: Rights = {
  actions: API_GATEWAY,
  arn: "arn:aws:apigateway:*::/*",
  serviceRoles: ["ops.apigateway.amazonaws.com"],
};

/**
 * By the resource types of the store's program. Held against AWS's service authorization reference (a test: each action is
 * there, and on a resource that its ARN fits) and, by hand on 2026-11-22, against what `pike` has tried out for each
 * resource of the Terraform provider, which Pulumi's is made of. Not tried on AWS. A type that is missing here fails a test: whoever adds a resource adds
 * the rights of the role that deploys it.
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
      // What the vault does with its key, on behalf of whoever makes it.
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
  // Made by awsx.
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
    // Of a pool that mails by the store's own SES identity (`mailIdentityArn`).
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
      // Copying what is there into a replica that is made.
      ...crud("dynamodb", "Scan", "Query", "GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
      ...tags("dynamodb"),
    ],
    serviceRoles: ["replication.dynamodb.amazonaws.com"],
  },
  "iam.Role": {
    actions: crud(
      "iam",
      "CreateRole",
      "GetRole",
      "UpdateRole",
      "UpdateRoleDescription",
      "UpdateAssumeRolePolicy",
      "DeleteRole",
      "PassRole",
      "ListRolePolicies",
      "ListAttachedRolePolicies",
      "ListInstanceProfilesForRole",
      "TagRole",
      "UntagRole",
    ),
    only: "role/{prefix}*",
    arn: "arn:aws:iam::{account}:",
  },
  "iam.RolePolicy": {
    actions: crud("iam", "PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy"),
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
    // Of multi-Region keys: docs.aws.amazon.com/kms/latest/developerguide/multi-region-auth-slr.html
    serviceRoles: ["mrk.kms.amazonaws.com"],
  },
  "kms.KeyPolicy": { actions: crud("kms", "GetKeyPolicy", "PutKeyPolicy") },
  "kms.ReplicaKey": {
    actions: crud("kms", "ReplicateKey", "DescribeKey", "GetKeyPolicy", "PutKeyPolicy", "ScheduleKeyDeletion"),
    everywhere: ["kms:CreateKey"],
  },
  "lambda.Alias": { actions: crud("lambda", "CreateAlias", "GetAlias", "UpdateAlias", "DeleteAlias") },
  "lambda.EventSourceMapping": {
    actions: crud("lambda", "GetEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping"),
    everywhere: ["lambda:CreateEventSourceMapping", "lambda:ListEventSourceMappings"],
  },
  "lambda.Function": {
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
    actions: crud(
      "lambda",
      "GetFunctionEventInvokeConfig",
      "PutFunctionEventInvokeConfig",
      "UpdateFunctionEventInvokeConfig",
      "DeleteFunctionEventInvokeConfig",
    ),
  },
  "lambda.Invocation": { actions: ["lambda:InvokeFunction"] },
  "lambda.Permission": { actions: crud("lambda", "AddPermission", "GetPolicy", "RemovePermission") },
  "lambda.ProvisionedConcurrencyConfig": {
    actions: crud(
      "lambda",
      "PutProvisionedConcurrencyConfig",
      "GetProvisionedConcurrencyConfig",
      "DeleteProvisionedConcurrencyConfig",
    ),
  },
  "opensearch.Domain": {
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
  "opensearch.DomainPolicy": { actions: crud("es", "UpdateDomainConfig", "DescribeDomain") },
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
    actions: crud("scheduler", "CreateSchedule", "GetSchedule", "UpdateSchedule", "DeleteSchedule"),
  },
  "sfn.StateMachine": {
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
    actions: [
      ...crud("sns", "CreateTopic", "GetTopicAttributes", "SetTopicAttributes", "DeleteTopic", "ListTagsForResource"),
      ...tags("sns"),
    ],
  },
  "sns.TopicPolicy": { actions: crud("sns", "GetTopicAttributes", "SetTopicAttributes") },
  "sns.TopicSubscription": {
    actions: crud("sns", "Subscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes"),
    everywhere: ["sns:Unsubscribe"],
  },
  "sqs.Queue": {
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
  "sqs.QueuePolicy": { actions: crud("sqs", "GetQueueAttributes", "SetQueueAttributes") },
  "ssm.Parameter": {
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
};

function cloudFront(what: string): Rights {
  return {
    actions: crud("cloudfront", `Get${what}`, `Update${what}`, `Delete${what}`),
    everywhere: [`cloudfront:Create${what}`],
  };
}

function bucket(...actions: string[]): Rights {
  return { actions, only: "{prefix}*", arn: "arn:aws:s3:::" };
}

/** A statement of a policy document. */
export interface Statement {
  Effect: "Allow";
  Action: string[];
  Resource: string[];
}

/** Longest document of a managed policy, without white space. */
const LONGEST = 6_144;

/**
 * What the role that deploys may do, as documents that fit managed policies. Actions are named one by one; resources are
 * those of the account, narrowed to the store's prefixes for roles and buckets.
 */
export function deployPolicies(accountId: string, prefixes: readonly string[]): Statement[][] {
  const byResource = new Map<string, Set<string>>();
  const put = (resources: string[], actions: readonly string[]) => {
    const key = JSON.stringify(resources);
    byResource.set(key, new Set([...(byResource.get(key) ?? []), ...actions]));
  };
  for (const rights of Object.values(DEPLOY_RIGHTS)) {
    for (const [service, actions] of byService(rights.actions)) {
      put(resourcesOf(rights, service, accountId, prefixes), actions);
    }
    if (rights.everywhere) put(["*"], rights.everywhere);
    for (const service of rights.serviceRoles ?? []) {
      put([`arn:aws:iam::${accountId}:role/aws-service-role/${service}/*`], ["iam:CreateServiceLinkedRole"]);
    }
  }
  const statements = [...byResource].map(
    ([resources, actions]): Statement => ({
      Effect: "Allow",
      Action: [...actions].sort(),
      Resource: JSON.parse(resources),
    }),
  );
  return fitted(statements);
}

export function byService(actions: readonly string[]): Map<string, string[]> {
  const services = new Map<string, string[]>();
  for (const action of actions) {
    const service = action.slice(0, action.indexOf(":"));
    services.set(service, [...(services.get(service) ?? []), action]);
  }
  return services;
}

/** The ARNs that the actions of a type are allowed on. */
export function resourcesOf(
  { only, arn }: Rights,
  service: string,
  accountId: string,
  prefixes: readonly string[],
): string[] {
  const start = (arn ?? `arn:aws:${service}:*:{account}:*`).replace("{account}", accountId);
  // CloudFront has no Regions.
  if (!only) return [service === "cloudfront" ? `arn:aws:cloudfront::${accountId}:*` : start];
  const each = prefixes.map((prefix) => start + only.replace("{prefix}", prefix));
  // What is in a bucket has an ARN of its own, which the same pattern fits.
  return each;
}

function fitted(statements: Statement[]): Statement[][] {
  const documents: Statement[][] = [[]];
  for (const statement of statements) {
    const last = documents.at(-1)!;
    if (last.length > 0 && documentOf([...last, statement]).length > LONGEST) documents.push([statement]);
    else last.push(statement);
  }
  return documents;
}

/** A policy document as IAM takes it. */
export const documentOf = (statements: Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
