import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { clientLimits, traced } from "../clients";

/** Has a queue deliver a message again after so many seconds, at most 12 hours. */
export type Postpone = (queueUrl: string, record: SQSRecord, seconds: number) => Promise<void>;

export function createPostpone(): Postpone {
  const client = traced(new SQSClient(clientLimits));
  return async (QueueUrl, { receiptHandle: ReceiptHandle }, VisibilityTimeout) => {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  };
}
