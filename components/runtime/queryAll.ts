import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";

/** Reads all items of a query: DynamoDB ends a page at 1 MB, and an item has up to 400 KB. */
export async function queryAll<Item>(
  client: Pick<DynamoDBDocumentClient, "send">,
  query: Omit<QueryCommandInput, "ExclusiveStartKey" | "Limit">,
): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new QueryCommand({ ...query, ExclusiveStartKey }));
    items.push(...((page.Items ?? []) as Item[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}
