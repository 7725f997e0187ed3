import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { DEFAULT_STORE_NAME, FULFILLED_STATUSES, INVOICES, REFUNDED } from "../../../domain/order";
import { createDeadLetterQueue, createSubscribedQueue } from "../../infrastructure/subscribedQueue";
import { allow, InlineFunction, objects } from "../../inlineFunction";
import { createLogger } from "../../runtime/logger";
import type { OrderServiceArgs } from "../args";
import { invoiceStore, writeInvoice } from "../handlers/api/invoices";
import { setting } from "../handlers/clients";
import { createOrderStore } from "../handlers/environment";
import type { SharedSettings } from "../resources/sharedSettings";

/** Creates the function that writes an invoice for every order that this Region delivers and a credit note for every refund that it makes, with its own queue. */
export function createInvoicer(
  name: string,
  args: OrderServiceArgs,
  { shared, topic, bucket }: { shared: SharedSettings; topic: aws.sns.Topic; bucket: aws.s3.Bucket },
  parent: pulumi.Resource,
) {
  const limitSeconds = args.functions?.invoicer?.timeoutSeconds ?? 30;
  const failures = createDeadLetterQueue(`${name}-invoices-failed`, parent);
  const { queue } = createSubscribedQueue(
    `${name}-invoices`,
    {
      topic,
      functionSeconds: limitSeconds,
      failures,
      attempts: 10,
      only: { status: [...FULFILLED_STATUSES, REFUNDED] },
    },
    parent,
  );
  const createTexts = args.texts;
  const writer = new InlineFunction(
    `${name}-invoicer`,
    {
      description: "Writes the invoice of every order that is delivered, and the credit note of every refund.",
      environment: {
        ...shared.environment,
        INVOICES_BUCKET: bucket.bucket,
        STORE_NAME: args.storeName ?? DEFAULT_STORE_NAME,
      },
      grants: [
        allow(shared.orders, "dynamodb:GetItem", "dynamodb:Query"),
        allow(objects(bucket, INVOICES), "s3:PutObject"),
        allow(queue, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
      ],
      timeoutSeconds: limitSeconds,
      ...shared.settingsOf("invoicer"),
      callbackFactory: () => {
        const log = createLogger("orders-invoicer");
        const writing = {
          store: createOrderStore(),
          invoices: invoiceStore(setting("INVOICES_BUCKET")),
          storeName: setting("STORE_NAME"),
          compose: createTexts?.().invoice,
          log,
        };
        const processor = new BatchProcessor(EventType.SQS, { logger: log });
        const writeOrLog = async (record: SQSRecord) => {
          try {
            await writeInvoice(record, writing);
          } catch (error) {
            log.error("An invoice could not be written", { messageId: record.messageId, error: error as Error });
            throw error;
          }
        };
        return (event: SQSEvent, context: Context) =>
          processPartialResponse(event, writeOrLog, processor, { context, throwOnFullBatchFailure: false });
      },
    },
    { parent },
  );
  new aws.lambda.EventSourceMapping(
    `${name}-invoices`,
    {
      eventSourceArn: queue.arn,
      functionName: writer.arn,
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
    },
    { parent },
  );
  return { writer, failures };
}
