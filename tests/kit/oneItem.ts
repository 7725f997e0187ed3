import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { applyUpdate, holdsFor, type Item } from "./simulator/expressions";

/** A table of one item, which evaluates conditions and updates as DynamoDB does. */
export function oneItem() {
  const table: { item?: Item; writes: number } = { writes: 0 };
  const send = async ({ constructor: { name }, input }: { constructor: { name: string }; input: Item }) => {
    const given = {
      names: input["ExpressionAttributeNames"] as Record<string, string> | undefined,
      values: input["ExpressionAttributeValues"] as Record<string, unknown> | undefined,
    };
    if (name === "GetCommand") return { Item: table.item && structuredClone(table.item) };
    table.writes += 1;
    if (name === "DeleteCommand") {
      delete table.item;
      return {};
    }
    if (!holdsFor(input["ConditionExpression"] as string | undefined, table.item, given)) {
      throw Object.assign(new Error("condition"), { name: "ConditionalCheckFailedException" });
    }
    table.item ??= { ...(input["Key"] as Item) };
    applyUpdate(String(input["UpdateExpression"]), table.item, given);
    return { Attributes: structuredClone(table.item) };
  };
  return { table, client: { send } as unknown as DynamoDBDocumentClient };
}
