import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as aws from "@pulumi/aws";
import { allow, type HttpCallback, InlineFunction, type ScheduleCallback } from "../../components/inlineFunction";
import { documentClient } from "./client";
import { pageOf } from "./page";

const counters = new aws.dynamodb.Table("counters", {
  attributes: [{ name: "counter", type: "S" }],
  hashKey: "counter",
  billingMode: "PAY_PER_REQUEST",
});

const environment = { COUNTERS_TABLE: counters.name };

/** Counts a visit and returns the page. */
export const visit = new InlineFunction("visit", {
  description: "Counts a visit and returns the page.",
  environment,
  grants: [allow(counters, "dynamodb:UpdateItem")],
  callbackFactory: (): HttpCallback => {
    const store = documentClient();
    return async () => {
      const { Attributes } = await store.send(
        new UpdateCommand({
          TableName: process.env["COUNTERS_TABLE"],
          Key: { counter: "visits" },
          UpdateExpression: "ADD visits :one",
          ExpressionAttributeValues: { ":one": 1 },
          ReturnValues: "UPDATED_NEW",
        }),
      );
      return pageOf(Number(Attributes?.["visits"] ?? 0));
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
