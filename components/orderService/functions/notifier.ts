import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { Logger } from "@aws-lambda-powertools/logger";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { DEFAULT_GATHER_SECONDS } from "../../../domain/order";
import { createDeadLetterQueue, createSubscribedQueue } from "../../infrastructure/subscribedQueue";
import { allow, InlineFunction } from "../../inlineFunction";
import { TransientError } from "../../runtime/transientError";
import type { OrderServiceArgs } from "../args";
import { setting } from "../handlers/clients";
import { createOrderStore } from "../handlers/environment";
import { notify } from "../handlers/notify";
import { listNotificationChannels } from "../notifications/resources";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function that notifies customers of status changes, by mail and text message. Without a channel there is none. */
export function createNotifier(
  name: string,
  args: OrderServiceArgs,
  { shared, topic }: { shared: SharedSettings; topic: aws.sns.Topic },
  parent: pulumi.Resource,
) {
  const channels = listNotificationChannels(args, topic.arn);
  if (channels.length === 0) return undefined;
  const gatherSeconds = args.mail === "off" ? 0 : (args.mail.gatherSeconds ?? DEFAULT_GATHER_SECONDS);
  const limitSeconds = args.functions?.notifier?.timeoutSeconds ?? 30;
  const failures = createDeadLetterQueue(`${name}-notifications-failed`, parent);
  const { queue, subscription } = createSubscribedQueue(
    `${name}-notifications`,
    { topic, functionSeconds: limitSeconds, failures, attempts: 5, delaySeconds: gatherSeconds },
    parent,
  );

  const connectors = channels.map(({ connect }) => connect);
  const createTexts = args.texts;
  const notifier = new InlineFunction(
    `${name}-notifier`,
    {
      description: "Mails and texts customers when their order's status changes.",
      environment: {
        ...shared.environment,
        ...Object.assign({}, ...channels.map(({ environment }) => environment)),
        GATHER_SECONDS: String(gatherSeconds),
      },
      grants: [
        allow(shared.orders, "dynamodb:Query", "dynamodb:UpdateItem"),
        ...channels.flatMap(({ grants }) => grants),
        allow(queue, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
      ],
      timeoutSeconds: limitSeconds,
      ...shared.settingsOf("notifier"),
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-notifier" });
        const texts = createTexts?.() ?? {};
        const notifying = {
          store: createOrderStore(),
          channels: connectors.map((connect) => connect(texts)),
          gatherSeconds: Number(setting("GATHER_SECONDS")),
          log,
        };
        const processor = new BatchProcessor(EventType.SQS, { logger: log });
        const notifyOrLog = async (record: SQSRecord) => {
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
          processPartialResponse(event, notifyOrLog, processor, {
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
