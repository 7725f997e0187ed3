/**
 * Actions that can be granted on each kind of resource, from AWS's service authorization reference. A misspelt action does not
 * compile; a missing one is added here.
 */
export interface ActionsByKind {
  "dynamodb:table": Actions<
    "dynamodb",
    | "BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable DescribeTimeToLive"
    | "GetItem PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate PutItem Query Scan UpdateItem"
  >;
  "dynamodb:index": "dynamodb:Query" | "dynamodb:Scan" | "dynamodb:PartiQLSelect";
  "dynamodb:stream": Actions<"dynamodb", "DescribeStream GetRecords GetShardIterator ListStreams">;
  "sns:topic": Actions<"sns", "Publish GetTopicAttributes Subscribe ListSubscriptionsByTopic">;
  "sqs:queue": Actions<
    "sqs",
    | "ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl PurgeQueue ReceiveMessage"
    | "SendMessage StartMessageMoveTask"
  >;
  "s3:bucket": Actions<"s3", "ListBucket ListBucketVersions GetBucketLocation ListBucketMultipartUploads">;
  "s3:objects": Actions<
    "s3",
    | "AbortMultipartUpload DeleteObject DeleteObjectVersion GetObject GetObjectAttributes"
    | "GetObjectTagging GetObjectVersion ListMultipartUploadParts PutObject PutObjectTagging"
  >;
  "kms:key": Actions<
    "kms",
    | "Decrypt DescribeKey Encrypt GenerateDataKey GenerateMac GetPublicKey ReEncryptFrom ReEncryptTo"
    | "Sign Verify VerifyMac"
  >;
  "ssm:parameter": Actions<"ssm", "GetParameter GetParameters GetParametersByPath PutParameter DeleteParameter">;
  "secretsmanager:secret": Actions<
    "secretsmanager",
    "DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage"
  >;
  "states:stateMachine": Actions<
    "states",
    | "DescribeStateMachine ListExecutions SendTaskFailure SendTaskHeartbeat SendTaskSuccess"
    | "StartExecution StartSyncExecution"
  >;
  "states:execution": Actions<"states", "DescribeExecution GetExecutionHistory RedriveExecution StopExecution">;
  "lambda:function": "lambda:GetFunction" | "lambda:InvokeFunction" | "lambda:InvokeAsync";
  "es:domain": Actions<"es", "ESHttpDelete ESHttpGet ESHttpHead ESHttpPatch ESHttpPost ESHttpPut">;
  "cognito-idp:userPool": Actions<
    "cognito-idp",
    | "AdminAddUserToGroup AdminConfirmSignUp AdminCreateUser AdminDeleteUser AdminDisableUser"
    | "AdminEnableUser AdminGetUser AdminInitiateAuth AdminLinkProviderForUser AdminListGroupsForUser"
    | "AdminRemoveUserFromGroup AdminRespondToAuthChallenge AdminSetUserPassword"
    | "AdminUpdateUserAttributes AdminUserGlobalSignOut DescribeUserPool DescribeUserPoolClient"
    | "ListUsers ListUsersInGroup"
  >;
  "ses:identity": Actions<"ses", "SendEmail SendRawEmail SendTemplatedEmail SendBulkEmail">;
  "ses:configurationSet": Actions<"ses", "SendEmail SendRawEmail SendTemplatedEmail SendBulkEmail">;
  "ses:template": "ses:SendTemplatedEmail" | "ses:SendBulkEmail" | "ses:SendEmail";
  "events:eventBus": "events:PutEvents";
  "scheduler:schedule": Actions<"scheduler", "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule">;
  "iam:role": "iam:PassRole";
  "cloudfront:distribution": Actions<"cloudfront", "CreateInvalidation GetInvalidation GetDistribution">;
  "codepipeline:pipeline": "codepipeline:StartPipelineExecution" | "codepipeline:GetPipelineState";
  "firehose:deliveryStream": "firehose:PutRecord" | "firehose:PutRecordBatch";
  "kinesis:stream": Actions<
    "kinesis",
    "DescribeStream DescribeStreamSummary GetRecords GetShardIterator ListShards PutRecord PutRecords"
  >;
}

/** Union of a service's actions, from their names separated by spaces. */
type Actions<Service extends string, Names extends string> = Names extends `${infer First} ${infer Rest}`
  ? `${Service}:${First}` | Actions<Service, Rest>
  : `${Service}:${Names}`;

/** Lists actions of a service by their names, separated by spaces. */
export const actionsOf = (service: string, ...names: string[]): string[] =>
  names.flatMap((list) => list.split(" ")).map((name) => `${service}:${name}`);

/** A kind of resource that actions can be granted on. */
export type Kind = keyof ActionsByKind;

/** The only actions that may be granted on every resource (`*`), each with the reason. All others are granted on named resources. */
export const ACTIONS_WITHOUT_RESOURCE = {
  "xray:PutTraceSegments": "X-Ray has no resources: a segment belongs to the account.",
  "xray:PutTelemetryRecords": "X-Ray has no resources.",
  "cloudwatch:PutMetricData":
    "CloudWatch metrics have no ARN. The embedded metric format in the log needs no such grant.",
  "sns:Publish": "A text message goes to a phone number, which has no ARN.",
  "ec2:CreateNetworkInterface":
    "Lambda creates network interfaces in a VPC under the function's role, before they have an ID.",
  "ec2:DeleteNetworkInterface": "As for creating them.",
  "ec2:DescribeNetworkInterfaces": "EC2's Describe actions take no resource.",
  "ec2:DescribeSubnets": "EC2's Describe actions take no resource.",
  "ec2:AssignPrivateIpAddresses": "As for creating network interfaces.",
  "ec2:UnassignPrivateIpAddresses": "As for creating network interfaces.",
} as const;

/** An action of {@link ACTIONS_WITHOUT_RESOURCE}. */
export type ActionWithoutResource = keyof typeof ACTIONS_WITHOUT_RESOURCE;

/**
 * Actions that the role of a state machine needs on every resource to write logs and traces: AWS has no resource for the delivery
 * of vended logs, nor for traces (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 * and …/concepts-xray-tracing.html).
 */
export const STATE_MACHINE_LOGS_AND_TRACES = [
  ...actionsOf(
    "logs",
    "CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries",
    "PutResourcePolicy DescribeResourcePolicies DescribeLogGroups",
  ),
  ...actionsOf("xray", "PutTraceSegments PutTelemetryRecords GetSamplingRules GetSamplingTargets"),
];
