import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
  Context,
  CreateAuthChallengeTriggerEvent,
  CustomMessageTriggerEvent,
  DefineAuthChallengeTriggerEvent,
  DynamoDBBatchResponse,
  DynamoDBStreamEvent,
  EventBridgeEvent,
  PostAuthenticationTriggerEvent,
  PostConfirmationTriggerEvent,
  PreAuthenticationTriggerEvent,
  PreSignUpTriggerEvent,
  PreTokenGenerationV2TriggerEvent,
  ScheduledEvent,
  SNSEvent,
  SQSBatchResponse,
  SQSEvent,
  UserMigrationTriggerEvent,
  VerifyAuthChallengeResponseTriggerEvent,
} from "aws-lambda";

/** Function that Lambda calls with each event. */
export type Callback<Event, Result> = (event: Event, context: Context) => Promise<Result> | Result;

/** Route of an HTTP API, payload format 2.0. */
export type HttpCallback = Callback<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

/** Lambda authorizer of an HTTP API, payload format 2.0 with simple responses. */
export type AuthorizerCallback<C extends object = Record<string, never>> = Callback<
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult<C> | { isAuthorized: false }
>;

/** Consumer of a DynamoDB stream, with `ReportBatchItemFailures`. */
export type StreamCallback = Callback<DynamoDBStreamEvent, DynamoDBBatchResponse>;

/** Consumer of a queue, with `ReportBatchItemFailures`. */
export type QueueCallback = Callback<SQSEvent, SQSBatchResponse>;

/** Subscriber of a topic. */
export type TopicCallback = Callback<SNSEvent, void>;

/** Target of an EventBridge schedule. */
export type ScheduleCallback = Callback<ScheduledEvent, void>;

/** Target of an EventBridge rule. */
export type EventCallback<Type extends string, Detail> = Callback<EventBridgeEvent<Type, Detail>, void>;

/** Task of a Step Functions workflow. Input and output are plain JSON. */
export type TaskCallback<Input, Output> = Callback<Input, Output>;

/** Task that receives a task token and completes later through it. */
export type TokenTaskCallback<Input> = Callback<Input & { taskToken: string }, void>;

/** Events of Cognito's triggers. Each trigger returns its event. */
export interface UserPoolEvents {
  preSignUp: PreSignUpTriggerEvent;
  postConfirmation: PostConfirmationTriggerEvent;
  preAuthentication: PreAuthenticationTriggerEvent;
  postAuthentication: PostAuthenticationTriggerEvent;
  preTokenGeneration: PreTokenGenerationV2TriggerEvent;
  customMessage: CustomMessageTriggerEvent;
  defineAuthChallenge: DefineAuthChallengeTriggerEvent;
  createAuthChallenge: CreateAuthChallengeTriggerEvent;
  verifyAuthChallengeResponse: VerifyAuthChallengeResponseTriggerEvent;
  userMigration: UserMigrationTriggerEvent;
}

/** Trigger of a Cognito user pool. */
export type UserPoolCallback<Trigger extends keyof UserPoolEvents> = Callback<
  UserPoolEvents[Trigger],
  UserPoolEvents[Trigger]
>;
