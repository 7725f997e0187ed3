import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { TransientError } from "../../runtime/transientError";

/** A throttled table leaves keys unanswered. */
const ROUNDS = 3;
/** Half of the longest wait before the second round. */
const FIRST_WAIT_MS = 50;

/**
 * Reads the items that a table has of these keys, at most 100, in any order; one request unless the table is throttled.
 *
 * @param projection attributes to read. Default: all.
 */
export async function readBatch<Item>(
  client: DynamoDBDocumentClient,
  table: string,
  keys: Record<string, unknown>[],
  projection: { ProjectionExpression?: string; ExpressionAttributeNames?: Record<string, string> } = {},
): Promise<Item[]> {
  const items: Item[] = [];
  let wanted = keys;
  for (let round = 0; wanted.length > 0; round++) {
    if (round === ROUNDS) throw new TransientError(`The table ${table} did not answer all keys.`);
    if (round > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * FIRST_WAIT_MS * 2 ** round));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: wanted, ...projection } } }),
    );
    items.push(...((Responses?.[table] ?? []) as Item[]));
    wanted = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
}
