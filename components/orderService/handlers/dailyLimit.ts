import { ORDER_SCHEMA, rateKey } from "../../../domain/order";

/** Limit of what a customer may have in one Region on the UTC day of `at` (ISO 8601 UTC). */
export interface DailyLimit {
  limit: number;
  at: string;
}

const DAY_SECONDS = 86_400;

/** Builds the update that counts one more of a customer's day; its condition fails if the limit is reached. */
export function countOne(
  table: string,
  { what, customerId, region }: { what: string; customerId: string; region: string },
  { limit, at }: DailyLimit,
) {
  return {
    TableName: table,
    Key: rateKey(what, customerId, region, at),
    UpdateExpression: "SET #kind = :kind, #schema = :schema, expiresAt = :expiresAt ADD used :one",
    ConditionExpression: "attribute_not_exists(used) OR used < :limit",
    ExpressionAttributeNames: { "#kind": "kind", "#schema": "schema" },
    ExpressionAttributeValues: {
      ":kind": "rate",
      ":schema": ORDER_SCHEMA,
      ":expiresAt": Math.floor(Date.parse(at) / 1_000) + 2 * DAY_SECONDS,
      ":one": 1,
      ":limit": limit,
    },
  };
}
