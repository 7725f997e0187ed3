/**
 * Actions that can be granted on each kind of resource, from AWS's service authorization reference. A misspelt action does not
 * compile; a missing one is added here.
 */
export interface ActionsByKind {
  "dynamodb:table":
    | "dynamodb:BatchGetItem"
    | "dynamodb:BatchWriteItem"
    | "dynamodb:ConditionCheckItem"
    | "dynamodb:DeleteItem"
    | "dynamodb:DescribeTable"
    | "dynamodb:DescribeTimeToLive"
    | "dynamodb:GetItem"
    | "dynamodb:PartiQLDelete"
    | "dynamodb:PartiQLInsert"
    | "dynamodb:PartiQLSelect"
    | "dynamodb:PartiQLUpdate"
    | "dynamodb:PutItem"
    | "dynamodb:Query"
    | "dynamodb:Scan"
    | "dynamodb:UpdateItem";
  "dynamodb:index": "dynamodb:Query" | "dynamodb:Scan" | "dynamodb:PartiQLSelect";
  "dynamodb:stream":
    | "dynamodb:DescribeStream"
    | "dynamodb:GetRecords"
    | "dynamodb:GetShardIterator"
    | "dynamodb:ListStreams";
  "sns:topic": "sns:Publish" | "sns:GetTopicAttributes" | "sns:Subscribe" | "sns:ListSubscriptionsByTopic";
  "sqs:queue":
    | "sqs:ChangeMessageVisibility"
    | "sqs:DeleteMessage"
    | "sqs:GetQueueAttributes"
    | "sqs:GetQueueUrl"
    | "sqs:PurgeQueue"
    | "sqs:ReceiveMessage"
    | "sqs:SendMessage"
    | "sqs:StartMessageMoveTask";
  "s3:bucket": "s3:ListBucket" | "s3:ListBucketVersions" | "s3:GetBucketLocation" | "s3:ListBucketMultipartUploads";
  "s3:objects":
    | "s3:AbortMultipartUpload"
    | "s3:DeleteObject"
    | "s3:DeleteObjectVersion"
    | "s3:GetObject"
    | "s3:GetObjectAttributes"
    | "s3:GetObjectTagging"
    | "s3:GetObjectVersion"
    | "s3:ListMultipartUploadParts"
    | "s3:PutObject"
    | "s3:PutObjectTagging";
  "kms:key":
    | "kms:Decrypt"
    | "kms:DescribeKey"
    | "kms:Encrypt"
    | "kms:GenerateDataKey"
    | "kms:GenerateMac"
    | "kms:GetPublicKey"
    | "kms:ReEncryptFrom"
    | "kms:ReEncryptTo"
    | "kms:Sign"
    | "kms:Verify"
    | "kms:VerifyMac";
  "ssm:parameter":
    | "ssm:GetParameter"
    | "ssm:GetParameters"
    | "ssm:GetParametersByPath"
    | "ssm:PutParameter"
    | "ssm:DeleteParameter";
  "secretsmanager:secret":
    | "secretsmanager:DescribeSecret"
    | "secretsmanager:GetSecretValue"
    | "secretsmanager:PutSecretValue"
    | "secretsmanager:UpdateSecretVersionStage";
  "states:stateMachine":
    | "states:DescribeStateMachine"
    | "states:ListExecutions"
    | "states:SendTaskFailure"
    | "states:SendTaskHeartbeat"
    | "states:SendTaskSuccess"
    | "states:StartExecution"
    | "states:StartSyncExecution";
  "states:execution":
    | "states:DescribeExecution"
    | "states:GetExecutionHistory"
    | "states:RedriveExecution"
    | "states:StopExecution";
  "lambda:function": "lambda:GetFunction" | "lambda:InvokeFunction" | "lambda:InvokeAsync";
  "es:domain":
    | "es:ESHttpDelete"
    | "es:ESHttpGet"
    | "es:ESHttpHead"
    | "es:ESHttpPatch"
    | "es:ESHttpPost"
    | "es:ESHttpPut";
  "cognito-idp:userPool":
    | "cognito-idp:AdminAddUserToGroup"
    | "cognito-idp:AdminConfirmSignUp"
    | "cognito-idp:AdminCreateUser"
    | "cognito-idp:AdminDeleteUser"
    | "cognito-idp:AdminDisableUser"
    | "cognito-idp:AdminEnableUser"
    | "cognito-idp:AdminGetUser"
    | "cognito-idp:AdminInitiateAuth"
    | "cognito-idp:AdminLinkProviderForUser"
    | "cognito-idp:AdminListGroupsForUser"
    | "cognito-idp:AdminRemoveUserFromGroup"
    | "cognito-idp:AdminRespondToAuthChallenge"
    | "cognito-idp:AdminSetUserPassword"
    | "cognito-idp:AdminUpdateUserAttributes"
    | "cognito-idp:AdminUserGlobalSignOut"
    | "cognito-idp:DescribeUserPool"
    | "cognito-idp:DescribeUserPoolClient"
    | "cognito-idp:ListUsers"
    | "cognito-idp:ListUsersInGroup";
  "ses:identity": "ses:SendEmail" | "ses:SendRawEmail" | "ses:SendTemplatedEmail" | "ses:SendBulkEmail";
  "ses:configurationSet": "ses:SendEmail" | "ses:SendRawEmail" | "ses:SendTemplatedEmail" | "ses:SendBulkEmail";
  "ses:template": "ses:SendTemplatedEmail" | "ses:SendBulkEmail" | "ses:SendEmail";
  "events:eventBus": "events:PutEvents";
  "scheduler:schedule":
    | "scheduler:CreateSchedule"
    | "scheduler:DeleteSchedule"
    | "scheduler:GetSchedule"
    | "scheduler:UpdateSchedule";
  "iam:role": "iam:PassRole";
  "cloudfront:distribution":
    | "cloudfront:CreateInvalidation"
    | "cloudfront:GetInvalidation"
    | "cloudfront:GetDistribution";
  "codepipeline:pipeline": "codepipeline:StartPipelineExecution" | "codepipeline:GetPipelineState";
  "firehose:deliveryStream": "firehose:PutRecord" | "firehose:PutRecordBatch";
  "kinesis:stream":
    | "kinesis:DescribeStream"
    | "kinesis:DescribeStreamSummary"
    | "kinesis:GetRecords"
    | "kinesis:GetShardIterator"
    | "kinesis:ListShards"
    | "kinesis:PutRecord"
    | "kinesis:PutRecords";
}

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
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
] as const;
