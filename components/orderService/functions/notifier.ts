import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { Logger } from "@aws-lambda-powertools/logger";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { SNSClient } from "@aws-sdk/client-sns";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { TEXT_MESSAGES_PER_CUSTOMER_DAY } from "../../../domain/order";
import { allowSendingAs } from "../../infrastructure/mailSender";
import { createDeadLetterQueue, createSubscribedQueue } from "../../infrastructure/subscribedQueue";
import { allow, allowEverywhere, type Grant, InlineFunction } from "../../inlineFunction";
import { TransientError } from "../../runtime/transientError";
import type { OrderServiceArgs } from "../args";
import { sendOnce, setting, traced } from "../handlers/clients";
import { createOrderStore } from "../handlers/environment";
import { notify, type TextMessages } from "../handlers/notify";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function that notifies customers of status changes, by mail and text message. */
export function createNotifier(
  name: string,
  args: OrderServiceArgs,
  { shared, topic }: { shared: SharedSettings; topic: aws.sns.Topic },
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
  const textMessages = args.textMessages && {
    countries: args.textMessages.countries,
    unverified: args.textMessages.unverified ?? false,
    perCustomerDay: args.textMessages.perCustomerDay ?? TEXT_MESSAGES_PER_CUSTOMER_DAY,
  };
  const notifier = new InlineFunction(
    `${name}-notifier`,
    {
      description: "Mails and texts customers when their order's status changes.",
      environment: {
        ...shared.environment,
        MAIL_FROM: args.mail.from,
        STORE_NAME: args.mail.storeName ?? "Stayopen",
        TEXT_MESSAGES: JSON.stringify(textMessages ?? null),
        GATHER_SECONDS: String(args.mail.gatherSeconds ?? 0),
      },
      grants: textMessages ? [...grants, allowEverywhere("sns:Publish")] : grants,
      timeoutSeconds: limitSeconds,
      logRetentionDays: shared.logRetentionDays,
      callbackFactory: () => {
        const log = new Logger({ serviceName: "orders-notifier" });
        const texts = JSON.parse(setting("TEXT_MESSAGES")) as Omit<TextMessages, "client"> | null;
        const notifying = {
          store: createOrderStore(),
          mails: traced(new SESv2Client(sendOnce)),
          from: setting("MAIL_FROM"),
          messages: texts ? { ...texts, client: traced(new SNSClient(sendOnce)) } : undefined,
          storeName: setting("STORE_NAME"),
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
