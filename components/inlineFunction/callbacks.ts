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

/** What Lambda calls with each event. */
export type Callback<Event, Result> = (event: Event, context: Context) => Promise<Result> | Result;

/** Behind an HTTP API, payload format 2.0. */
export type HttpCallback = Callback<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

/** An HTTP API's Lambda authorizer, payload format 2.0 with simple responses. */
export type AuthorizerCallback<C extends object = Record<string, never>> = Callback<
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult<C> | { isAuthorized: false }
>;

/** For a DynamoDB stream, with `ReportBatchItemFailures`. */
export type StreamCallback = Callback<DynamoDBStreamEvent, DynamoDBBatchResponse>;

/** For a queue, with `ReportBatchItemFailures`. */
export type QueueCallback = Callback<SQSEvent, SQSBatchResponse>;

/** For a topic. */
export type TopicCallback = Callback<SNSEvent, void>;

/** For a schedule or a rule of EventBridge. */
export type ScheduleCallback = Callback<ScheduledEvent, void>;

/** For an EventBridge rule. */
export type EventCallback<Type extends string, Detail> = Callback<EventBridgeEvent<Type, Detail>, void>;

/** A task of a Step Functions workflow; input and output are plain JSON. */
export type TaskCallback<Input, Output> = Callback<Input, Output>;

/** A task that is handed a task token, and answers later through it. */
export type TokenTaskCallback<Input> = Callback<Input & { taskToken: string }, void>;

/** Events of Cognito's triggers; each trigger answers with its event. */
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

/** A trigger of a Cognito user pool. */
export type UserPoolCallback<Trigger extends keyof UserPoolEvents> = Callback<
  UserPoolEvents[Trigger],
  UserPoolEvents[Trigger]
>;
