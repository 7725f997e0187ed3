import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { Logger } from "@aws-lambda-powertools/logger";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { SNSClient } from "@aws-sdk/client-sns";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context, DynamoDBStreamEvent, SQSEvent, SQSRecord } from "aws-lambda";
import { allowSendingAs } from "../../infrastructure/mailSender";
import { accountIdOf, createServiceRole } from "../../infrastructure/serviceRole";
import { createDeadLetterQueue, createSubscribedQueue } from "../../infrastructure/subscribedQueue";
import {
  allow,
  allowEverywhere,
  executions,
  type Grant,
  InlineFunction,
  index,
  reference,
  stream,
} from "../../inlineFunction";
import { handleInOrder } from "../../runtime/inOrder";
import { TransientError } from "../../runtime/transientError";
import type { OrderServiceArgs } from "../args";
import { sendOnce, setting, stepFunctions as stepFunctionsClient, traced } from "../handlers/clients";
import { DISPATCHED_KINDS, dispatch } from "../handlers/dispatch";
import { createOrderStore, createTaskReply, readDeadlines } from "../handlers/environment";
import { counter } from "../handlers/metrics";
import { notify } from "../handlers/notify";
import { OPEN_INDEX } from "../handlers/orderStore";
import { sweepOrders } from "../handlers/sweepOrders";
import type { OrderData } from "../resources/orderTables";
import type { SharedSettings } from "../resources/sharedSettings";

/**
 * The one reader of the orders table's stream. A record that keeps failing is told to a queue and skipped, so that it
 * holds up nobody else's order; what a skipped record would have started, the sweeper starts.
 */
export function createDispatcher(
  name: string,
  data: OrderData,
  shared: SharedSettings,
  topic: aws.sns.Topic,
  peerRegions: readonly string[] | undefined,
  parent: pulumi.Resource,
) {
  const { environment, orders, cards, logRetentionDays } = shared;
  const failures = createDeadLetterQueue(`${name}-stream-failures`, parent);
  const dispatcher = new InlineFunction(
    `${name}-dispatcher`,
    {
      description: "Reads the orders' stream: starts workflows, tells of changes, supersedes, wakes.",
      environment: {
        ...environment,
        STATE_MACHINE_ARN: shared.stateMachine.arn,
        TOPIC_ARN: topic.arn,
        PEER_REGIONS: JSON.stringify(peerRegions ?? null),
      },
      grants: [
        allow(orders, "dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        allow(cards, "dynamodb:DeleteItem"),
        allow(
          stream(reference("dynamodb:stream", data.orders.streamArn)),
          "dynamodb:DescribeStream",
          "dynamodb:GetRecords",
          "dynamodb:GetShardIterator",
          "dynamodb:ListStreams",
        ),
        allow(
          reference("states:stateMachine", shared.stateMachine.arn),
          "states:StartExecution",
          "states:SendTaskFailure",
        ),
        allow(topic, "sns:Publish"),
        allow(failures, "sqs:SendMessage"),
      ],
      timeoutSeconds: 60,
      logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-dispatcher" });
        const count = counter();
        const dispatching = {
          store: createOrderStore(),
          workflows: stepFunctionsClient(),
          stateMachineArn: setting("STATE_MACHINE_ARN"),
          notices: traced(new SNSClient(sendOnce)),
          topicArn: setting("TOPIC_ARN"),
          reply: createTaskReply(),
          deadlines: readDeadlines(),
          peerRegions: (JSON.parse(setting("PEER_REGIONS")) as string[] | null) ?? undefined,
          onUnknownRegion: (item: Record<string, string>) => {
            log.error("Item of an unknown Region: no workflow works on the order", item);
            count("ItemsOfUnknownRegion");
          },
          onPaid: (seconds: number) => count("PaidAfterSeconds", seconds),
        };
        return (event: DynamoDBStreamEvent) =>
          handleInOrder(
            event.Records,
            (record) => dispatch(record, dispatching),
            (record, error) => {
              log.error("A record failed", { keys: record.dynamodb?.Keys, error: error as Error });
              count("StreamRecordsFailed");
            },
          );
      },
    },
    { parent },
  );
  const mapping = new aws.lambda.EventSourceMapping(
    `${name}-stream`,
    {
      eventSourceArn: data.orders.streamArn,
      functionName: dispatcher.arn,
      startingPosition: "TRIM_HORIZON",
      batchSize: 25,
      // Orders of a shard side by side, each order's records one after the other.
      parallelizationFactor: 10,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 20,
      functionResponseTypes: ["ReportBatchItemFailures"],
      // Where workflows wait and whether the Region is healthy is written often and is nobody's news.
      filterCriteria: {
        filters: [
          {
            pattern: JSON.stringify({
              eventName: ["INSERT", "MODIFY"],
              dynamodb: { NewImage: { kind: { S: [...DISPATCHED_KINDS] } } },
            }),
          },
        ],
      },
      destinationConfig: { onFailure: { destinationArn: failures.arn } },
    },
    { parent },
  );
  return { dispatcher, failures, mapping };
}

/** What the sweeper is called with: by its schedule nothing that it knows, by a Region's return when that was. */
interface SweepRequest {
  returned?: { backAt: string };
}

/** Looks now and then at the orders that nobody seems to work on. */
export function createSweeper(name: string, args: OrderServiceArgs, shared: SharedSettings, parent: pulumi.Resource) {
  const { environment, orders, cards, logRetentionDays } = shared;
  const workflow = reference("states:stateMachine", shared.stateMachine.arn);
  const sweeper = new InlineFunction(
    `${name}-sweeper`,
    {
      description: "Starts workflows anew for orders whose workflow has died.",
      environment: {
        ...environment,
        EXECUTION_ARN_PREFIX: shared.stateMachine.arn.apply((arn) => arn.replace(":stateMachine:", ":execution:")),
      },
      grants: [
        allow(index(orders, OPEN_INDEX), "dynamodb:Query"),
        allow(orders, "dynamodb:Query", "dynamodb:PutItem"),
        allow(cards, "dynamodb:DeleteItem"),
        allow(executions(workflow), "states:DescribeExecution"),
      ],
      // One at a time is enough, and more would only meet each other.
      timeoutSeconds: 240,
      logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-sweeper" });
        const count = counter();
        const sweeping = {
          store: createOrderStore(),
          workflows: stepFunctionsClient(),
          executionArnPrefix: setting("EXECUTION_ARN_PREFIX"),
          deadlines: readDeadlines(),
          onTrouble: (orderId: string, error: unknown) =>
            log.error("An order could not be swept", { orderId, error: error as Error }),
        };
        return async (event: SweepRequest | undefined, context: Pick<Context, "getRemainingTimeInMillis">) => {
          const backAt = event?.returned?.backAt;
          const timeLeftMs = () => context.getRemainingTimeInMillis();
          const swept = await sweepOrders({ ...sweeping, backAt, timeLeftMs });
          if (swept.revive > 0) count("OrdersRestarted", swept.revive);
          log.info("Swept", { ...swept });
        };
      },
    },
    { parent },
  );
  const { role, policy } = createServiceRole(
    `${name}-sweep`,
    "scheduler.amazonaws.com",
    accountIdOf(parent),
    [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: sweeper.arn }],
    parent,
  );
  const minutes = args.sweepEveryMinutes ?? 5;
  const schedule = new aws.scheduler.Schedule(
    `${name}-sweep`,
    {
      scheduleExpression: minutes === 1 ? "rate(1 minute)" : `rate(${minutes} minutes)`,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: sweeper.arn,
        roleArn: role.arn,
        // The next sweep comes soon and does the same.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    },
    { parent, dependsOn: [policy] },
  );
  return { sweeper, schedule };
}

/** Tells the customer of every status change, by mail and text message. */
export function createNotifier(
  name: string,
  args: OrderServiceArgs,
  shared: SharedSettings,
  topic: aws.sns.Topic,
  parent: pulumi.Resource,
) {
  const limitSeconds = 30;
  const failures = createDeadLetterQueue(`${name}-notifications-failed`, parent);
  const { queue, subscription } = createSubscribedQueue(
    `${name}-notifications`,
    { topic, functionSeconds: limitSeconds, failures, attempts: 5, delaySeconds: args.mail.gatherSeconds },
    parent,
  );

  const grants: Grant[] = [
    allow(shared.orders, "dynamodb:Query", "dynamodb:UpdateItem"),
    ...allowSendingAs(args.mail.from, topic.arn),
    allow(queue, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
  ];
  const textMessages = args.textMessages ?? true;
  const notifier = new InlineFunction(
    `${name}-notifier`,
    {
      description: "Mails and texts customers when their order's status changes.",
      environment: {
        ...shared.environment,
        MAIL_FROM: args.mail.from,
        STORE_NAME: args.mail.storeName ?? "Stayopen",
        TEXT_MESSAGES: String(textMessages),
        GATHER_SECONDS: String(args.mail.gatherSeconds ?? 0),
      },
      grants: textMessages ? [...grants, allowEverywhere("sns:Publish")] : grants,
      timeoutSeconds: limitSeconds,
      logRetentionDays: shared.logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-notifier" });
        const notifying = {
          store: createOrderStore(),
          mails: traced(new SESv2Client(sendOnce)),
          from: setting("MAIL_FROM"),
          messages: setting("TEXT_MESSAGES") === "true" ? traced(new SNSClient(sendOnce)) : undefined,
          storeName: setting("STORE_NAME"),
          gatherSeconds: Number(setting("GATHER_SECONDS")),
          log,
        };
        const processor = new BatchProcessor(EventType.SQS, { logger: log });
        const tellOrLog = async (record: SQSRecord) => {
          try {
            await notify(record, notifying);
          } catch (error) {
            const details = { messageId: record.messageId, error: error as Error };
            if (error instanceof TransientError) log.info("Notification postponed", details);
            else log.error("Notification failed", details);
            throw error;
          }
        };
        return (event: SQSEvent, context: Context) =>
          processPartialResponse(event, tellOrLog, processor, {
            context,
            throwOnFullBatchFailure: false,
          });
      },
    },
    { parent },
  );
  const mapping = new aws.lambda.EventSourceMapping(
    `${name}-notifications`,
    {
      eventSourceArn: queue.arn,
      functionName: notifier.arn,
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
    },
    { parent },
  );
  return { notifier, queue, failures, subscription, mapping };
}
