import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as aws from "@pulumi/aws";
import {
  allow,
  type HttpCallback,
  InlineFunction,
  type QueueCallback,
  type ScheduleCallback,
} from "../../components/inlineFunction";
import { documentClient, queueClient } from "./clients";
import { pageOf } from "./page";

const counters = new aws.dynamodb.Table("counters", {
  attributes: [{ name: "counter", type: "S" }],
  hashKey: "counter",
  billingMode: "PAY_PER_REQUEST",
});

/** Visits that are not counted yet. */
export const visits = new aws.sqs.Queue("visits", { visibilityTimeoutSeconds: 60, sqsManagedSseEnabled: true });

const environment = { COUNTERS_TABLE: counters.name };

/** Queues a visit and returns the page. */
export const visit = new InlineFunction("visit", {
  description: "Queues a visit and returns the page.",
  environment: { ...environment, VISITS_QUEUE: visits.url },
  grants: [allow(counters, "dynamodb:GetItem"), allow(visits, "sqs:SendMessage")],
  callbackFactory: (): HttpCallback => {
    const store = documentClient();
    const queue = queueClient();
    return async (event) => {
      // Read first, because the queued visit may be counted at once.
      const item = { TableName: process.env["COUNTERS_TABLE"], Key: { counter: "visits" } };
      const { Item } = await store.send(new GetCommand({ ...item, ConsistentRead: true }));
      const MessageBody = event.requestContext.requestId;
      await queue.send(new SendMessageCommand({ QueueUrl: process.env["VISITS_QUEUE"], MessageBody }));
      return pageOf(Number(Item?.["visits"] ?? 0));
    };
  },
});

/** Counts the visits of a batch in one write. */
export const count = new InlineFunction("count", {
  description: "Counts queued visits.",
  environment,
  grants: [
    allow(counters, "dynamodb:UpdateItem"),
    allow(visits, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
  ],
  callbackFactory: (): QueueCallback => {
    const store = documentClient();
    return async ({ Records }) => {
      await store.send(
        new UpdateCommand({
          TableName: process.env["COUNTERS_TABLE"],
          Key: { counter: "visits" },
          UpdateExpression: "ADD visits :more",
          ExpressionAttributeValues: { ":more": Records.length },
        }),
      );
      return { batchItemFailures: [] };
    };
  },
});

/** Sets the count to zero. */
export const resetCount = new InlineFunction("reset-count", {
  description: "Sets the count of visits to zero, unless it is zero.",
  environment,
  grants: [allow(counters, "dynamodb:GetItem", "dynamodb:UpdateItem")],
  callbackFactory: (): ScheduleCallback => {
    const store = documentClient();
    const item = { TableName: process.env["COUNTERS_TABLE"], Key: { counter: "visits" } };
    return async () => {
      const { Item } = await store.send(new GetCommand({ ...item, ConsistentRead: true }));
      if (!Item) return;
      await store.send(
        new UpdateCommand({
          ...item,
          UpdateExpression: "SET visits = visits - :seen",
          ExpressionAttributeValues: { ":seen": Item["visits"] },
        }),
      );
    };
  },
});
