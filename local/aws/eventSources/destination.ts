import { randomUUID } from "node:crypto";
import type { SNS } from "@aws-sdk/client-sns";
import type { SQS } from "@aws-sdk/client-sqs";
import type { GivenUp } from "./lane";
import type { StreamMapping } from "./mapping";

/** Builds Lambda's message to the on-failure destination of a DynamoDB stream. It identifies the records without their content. */
export function onFailureMessage(mapping: StreamMapping, shardId: string, givenUp: GivenUp): Record<string, unknown> {
  const [first, last] = [givenUp.records[0], givenUp.records.at(-1)];
  const time = (milliseconds = Date.now()) => new Date(milliseconds).toISOString();
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: mapping.functionArn,
      condition: givenUp.condition,
      approximateInvokeCount: givenUp.invocations,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: "$LATEST",
      functionError: givenUp.functionError ?? null,
    },
    version: "1.0",
    timestamp: time(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: time(first?.createdAt),
      approximateArrivalOfLastRecord: time(last?.createdAt),
      batchSize: givenUp.records.length,
      streamArn: mapping.streamArn,
    },
  };
}

/** Sends a message to the queue or topic of this ARN. */
export async function sendTo(arn: string, message: unknown, clients: { sqs: SQS; sns: SNS }): Promise<void> {
  const body = JSON.stringify(message);
  const [, , service, , account, name] = arn.split(":");
  if (service === "sns") {
    await clients.sns.publish({ TopicArn: arn, Message: body });
    return;
  }
  const { QueueUrl } = await clients.sqs.getQueueUrl({ QueueName: name, QueueOwnerAWSAccountId: account });
  await clients.sqs.sendMessage({ QueueUrl, MessageBody: body });
}
