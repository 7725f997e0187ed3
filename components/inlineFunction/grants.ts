import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ActionsByKind, ActionWithoutResource, Kind } from "./actions";

/** Permission of a function: actions on resources. Created by {@link allow}. */
export interface Grant {
  actions: readonly string[];
  /** ARNs, or `*` for actions that AWS has no resource for. */
  resources: readonly pulumi.Input<string>[];
  /** ARNs that the grant excludes, for an action that works with and without a resource. */
  except?: readonly string[];
  /** IAM condition block. */
  condition?: Record<string, Record<string, pulumi.Input<string | string[]>>>;
}

/** A resource, or a part of one, identified by its kind and ARNs. */
export interface Reference<K extends Kind> {
  readonly kind: K;
  readonly arns: readonly pulumi.Input<string>[];
}

/**
 * Outputs by which a resource of each kind is recognized: its ARN, and what no other kind has. Structural, so that a resource of
 * another installed copy of the provider's package is accepted too.
 */
export interface ResourceByKind {
  "dynamodb:table": Outputs<aws.dynamodb.Table, "streamArn">;
  "sns:topic": Outputs<aws.sns.Topic, "owner" | "signatureVersion">;
  "sqs:queue": Outputs<aws.sqs.Queue, "url" | "visibilityTimeoutSeconds">;
  "s3:bucket": Outputs<aws.s3.Bucket, "bucket" | "bucketRegionalDomainName">;
  "kms:key": Outputs<aws.kms.Key, "multiRegion"> | Outputs<aws.kms.ReplicaKey, "primaryKeyArn">;
  "ssm:parameter": Outputs<aws.ssm.Parameter, "insecureValue">;
  "secretsmanager:secret": Outputs<aws.secretsmanager.Secret, "recoveryWindowInDays">;
  "states:stateMachine": Outputs<aws.sfn.StateMachine, "stateMachineVersionArn">;
  "lambda:function": LambdaFunction | HasFunction;
  "es:domain": Outputs<aws.opensearch.Domain, "dashboardEndpoint">;
  "cognito-idp:userPool": Outputs<aws.cognito.UserPool, "estimatedNumberOfUsers">;
  "ses:identity": Outputs<aws.sesv2.EmailIdentity, "verifiedForSendingStatus">;
  "ses:configurationSet": Outputs<aws.sesv2.ConfigurationSet, "configurationSetName">;
  "events:eventBus": Outputs<aws.cloudwatch.EventBus, "eventSourceName">;
  "iam:role": Outputs<aws.iam.Role, "assumeRolePolicy">;
  "cloudfront:distribution": Outputs<aws.cloudfront.Distribution, "inProgressValidationBatches">;
  "codepipeline:pipeline": Outputs<aws.codepipeline.Pipeline, "pipelineType">;
  "firehose:deliveryStream": Outputs<aws.kinesis.FirehoseDeliveryStream, "destinationId">;
  "kinesis:stream": Outputs<aws.kinesis.Stream, "enforceConsumerDeletion">;
}

type Outputs<R extends { arn: unknown }, Own extends keyof R> = Pick<R, "arn" | Own>;

type LambdaFunction = Outputs<aws.lambda.Function, "qualifiedInvokeArn">;

/** An `InlineFunction`, or another object with a Lambda function. */
interface HasFunction {
  readonly function: LambdaFunction;
}

/** Resources that {@link allow} accepts. */
export type Grantable = ResourceByKind[keyof ResourceByKind] | Reference<Kind>;

/** Kind of a resource. */
export type KindOf<R> =
  R extends Reference<infer K>
    ? K
    : { [K in keyof ResourceByKind]: R extends ResourceByKind[K] ? K : never }[keyof ResourceByKind];

/**
 * Grants actions on one resource.
 *
 * @example
 * const grants = [
 *   allow(table, "dynamodb:PutItem", "dynamodb:GetItem"),
 *   allow(index(table, "byCustomer"), "dynamodb:Query"),
 *   allow(objects(bucket, "media/"), "s3:GetObject"),
 *   allow(reference("kms:key", keyArn), "kms:Decrypt"),
 * ];
 */
export function allow<R extends Grantable>(
  resource: R,
  ...actions: [ActionsByKind[KindOf<R>], ...ActionsByKind[KindOf<R>][]]
): Grant {
  return { actions, resources: isReference(resource) ? resource.arns : [arnOf(resource)] };
}

/**
 * Grants actions of {@link ACTIONS_WITHOUT_RESOURCE}, which AWS has no resource for. Resources that such an action also works on are
 * excluded.
 *
 * @example
 * const grants = [allowEverywhere("sns:Publish")]; // text messages to phone numbers
 */
export function allowEverywhere(...actions: [ActionWithoutResource, ...ActionWithoutResource[]]): Grant {
  const except = actions.flatMap((action) => EXCLUDED[action] ?? []);
  return { actions, resources: ["*"], ...(except.length > 0 && { except }) };
}

/** A phone number has no ARN. Everything with an SNS ARN is a topic or an app's endpoint. */
const EXCLUDED: Partial<Record<ActionWithoutResource, string[]>> = { "sns:Publish": ["arn:aws:sns:*:*:*"] };

/**
 * Adds a condition to a grant.
 *
 * @example
 * when(allow(table, "dynamodb:Query"), { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["EU"] } })
 */
export function when(grant: Grant, condition: NonNullable<Grant["condition"]>): Grant {
  return { ...grant, condition: { ...grant.condition, ...condition } };
}

/**
 * Refers to a resource by its ARN, such as another stack's.
 *
 * @example
 * allow(reference("dynamodb:table", search.products.tableArn), "dynamodb:BatchGetItem")
 */
export function reference<K extends Kind>(
  kind: K,
  ...arns: [pulumi.Input<string>, ...pulumi.Input<string>[]]
): Reference<K> {
  return { kind, arns: kind === "es:domain" ? arns.map((arn) => pulumi.interpolate`${arn}/*`) : arns };
}

/** Refers to a secondary index of a table. */
export function index(
  table: ResourceByKind["dynamodb:table"] | Reference<"dynamodb:table">,
  name: pulumi.Input<string>,
): Reference<"dynamodb:index"> {
  return { kind: "dynamodb:index", arns: arnsOf(table).map((arn) => pulumi.interpolate`${arn}/index/${name}`) };
}

/** Refers to the stream of a table, for functions that read it themselves or through an event source mapping. */
export function stream(
  table: ResourceByKind["dynamodb:table"] | Reference<"dynamodb:stream">,
): Reference<"dynamodb:stream"> {
  return isReference(table) ? table : { kind: "dynamodb:stream", arns: [table.streamArn] };
}

/** Refers to the objects of a bucket whose keys start with `prefix`. Default: all objects. */
export function objects(
  bucket: ResourceByKind["s3:bucket"] | Reference<"s3:bucket">,
  prefix: pulumi.Input<string> = "",
): Reference<"s3:objects"> {
  return { kind: "s3:objects", arns: arnsOf(bucket).map((arn) => pulumi.interpolate`${arn}/${prefix}*`) };
}

/** Refers to the executions of a state machine, which have their own ARNs. */
export function executions(
  stateMachine: ResourceByKind["states:stateMachine"] | Reference<"states:stateMachine">,
): Reference<"states:execution"> {
  const arns = arnsOf(stateMachine).map((arn) =>
    pulumi.output(arn).apply((a) => `${a.replace(":stateMachine:", ":execution:")}:*`),
  );
  return { kind: "states:execution", arns };
}

function isReference(resource: Grantable): resource is Reference<Kind> {
  return "kind" in resource && "arns" in resource;
}

function arnsOf(resource: { arn: pulumi.Output<string> } | Reference<Kind>): readonly pulumi.Input<string>[] {
  return "arns" in resource ? resource.arns : [resource.arn];
}

function arnOf(resource: Exclude<Grantable, Reference<Kind>>): pulumi.Output<string> {
  if (aws.opensearch.Domain.isInstance(resource)) return pulumi.interpolate`${resource.arn}/*`;
  return "arn" in resource ? resource.arn : resource.function.arn;
}
