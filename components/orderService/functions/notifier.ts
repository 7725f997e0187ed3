import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { DEFAULT_GATHER_SECONDS } from "../../../domain/order";
import { createDeadLetterQueue, createSubscribedQueue } from "../../infrastructure/subscribedQueue";
import { allow, InlineFunction } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import { TransientError } from "../../runtime/transientError";
import type { OrderServiceArgs } from "../args";
import { setting } from "../handlers/clients";
import { createOrderStore } from "../handlers/environment";
import { type NotifyDeps, notifiedOnce, notify } from "../handlers/notifications/notify";
import { type OwnQueue, readOwnQueues } from "../handlers/notifications/ownQueues";
import { listNotificationChannels } from "../notifications/resources";
import type { SharedSettings } from "../resources/sharedSettings";

/**
 * Deliveries of one message through a channel with its own queue: some 20 hours at least, with a pause of an hour after two
 * deliveries each.
 */
const OWN_QUEUE_ATTEMPTS = 50;

/** Batches of ten messages that are delivered at the same time through such a channel. */
const OWN_QUEUE_CONCURRENCY = 5;

/**
 * Creates the function that notifies customers of status changes. Channels share a queue, except those that have one of their own.
 * Without a channel there is none.
 */
export function createNotifier(
  name: string,
  args: OrderServiceArgs,
  { shared, topic }: { shared: SharedSettings; topic: aws.sns.Topic },
  parent: pulumi.Resource,
) {
  const channels = listNotificationChannels(name, args, topic.arn, parent);
  if (channels.length === 0) return undefined;
  const sharing = channels.filter(({ ownQueue }) => ownQueue === undefined);
  const gatherSeconds = args.mail === "off" ? 0 : (args.mail.gatherSeconds ?? DEFAULT_GATHER_SECONDS);
  const limitSeconds = args.functions?.notifier?.timeoutSeconds ?? 30;
  const failures = createDeadLetterQueue(`${name}-notifications-failed`, parent);
  const queueArgs = { topic, functionSeconds: limitSeconds, failures };
  const sharedQueues =
    sharing.length > 0
      ? [
          createSubscribedQueue(
            `${name}-notifications`,
            { ...queueArgs, attempts: 5, delaySeconds: gatherSeconds },
            parent,
          ).queue,
        ]
      : [];
  const own = channels.flatMap(({ ownQueue, connect }) => {
    if (ownQueue === undefined) return [];
    const { suffix, only } = ownQueue;
    const { queue } = createSubscribedQueue(
      `${name}-notifications-${suffix}`,
      { ...queueArgs, attempts: OWN_QUEUE_ATTEMPTS, only },
      parent,
    );
    return [{ suffix, queue, connect }];
  });

  const connectors = sharing.map(({ connect }) => connect);
  const ownConnectors = own.map(({ suffix, connect }) => [suffix, connect] as const);
  // Only a notifier that has such channels contains what they need.
  const connectOwn = own.length > 0 ? readOwnQueues : undefined;
  const ownQueues = own.map(
    ({ suffix, queue }): pulumi.Input<OwnQueue> =>
      pulumi.all([queue.arn, queue.url]).apply(([arn, url]) => ({ suffix, arn, url })),
  );
  const createTexts = args.texts;
  const notifier = new InlineFunction(
    `${name}-notifier`,
    {
      description: "Notifies customers when their order's status changes.",
      environment: {
        ...shared.environment,
        ...Object.assign({}, ...channels.map(({ environment }) => environment)),
        GATHER_SECONDS: String(gatherSeconds),
        ...(own.length > 0 && { OWN_QUEUES: pulumi.jsonStringify(ownQueues) }),
      },
      grants: [
        allow(shared.orders, "dynamodb:Query", "dynamodb:UpdateItem"),
        ...(own.length > 0 ? [allow(shared.orders, "dynamodb:GetItem", "dynamodb:DeleteItem")] : []),
        ...channels.flatMap(({ grants }) => grants),
        ...sharedQueues.map((queue) =>
          allow(queue, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        ),
        ...own.map(({ queue }) =>
          allow(
            queue,
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
          ),
        ),
      ],
      timeoutSeconds: limitSeconds,
      ...shared.settingsOf("notifier"),
      callbackFactory: () => {
        const log = createLogger("orders-notifier");
        const texts = createTexts?.() ?? {};
        const store = createOrderStore();
        const notifying = {
          store,
          channels: connectors.map((connect) => connect(texts, "")),
          gatherSeconds: Number(setting("GATHER_SECONDS")),
          log,
        };
        const deliverOwn = connectOwn?.({
          store,
          channels: ownConnectors.map(([suffix, connect]) => [suffix, connect(texts, suffix)] as const),
          log,
        });
        const processor = new BatchProcessor(EventType.SQS, { logger: log });
        const notifyOrLog = async (record: SQSRecord, read: NotifyDeps["read"]) => {
          try {
            await (deliverOwn?.(record) ?? notify(record, { ...notifying, read }));
          } catch (error) {
            const details = { messageId: record.messageId, error: error as Error };
            if (error instanceof TransientError) log.info("Notification postponed", details);
            else log.error("Notification failed", details);
            throw error;
          }
        };
        return (event: SQSEvent, context: Context) => {
          const read = notifiedOnce(store);
          return processPartialResponse(event, (record: SQSRecord) => notifyOrLog(record, read), processor, {
            context,
            throwOnFullBatchFailure: false,
          });
        };
      },
    },
    { parent },
  );
  for (const { queue, suffix } of [...sharedQueues.map((queue) => ({ queue, suffix: undefined })), ...own]) {
    new aws.lambda.EventSourceMapping(
      suffix === undefined ? `${name}-notifications` : `${name}-notifications-${suffix}`,
      {
        eventSourceArn: queue.arn,
        functionName: notifier.arn,
        batchSize: 10,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // A slow receiver must not use up the account's concurrency, nor be overrun after a pause.
        scalingConfig: suffix === undefined ? undefined : { maximumConcurrency: OWN_QUEUE_CONCURRENCY },
      },
      { parent },
    );
  }
  return { notifier, failures };
}
