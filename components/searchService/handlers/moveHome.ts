import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { decideMove } from "../../../domain/catalogue/change";
import type { Product } from "../../../domain/catalogue/product";

export interface HomeMove {
  /** A client in the Region `to`: the new home writes, and the old one may be lost. */
  client: DynamoDBDocumentClient;
  /** Name of the product table. */
  table: string;
  /** The Region whose products are moved, `us-east-1`. */
  from: string;
  /** Their new home. */
  to: string;
  /** Called after every page. */
  onProgress?: (progress: MoveProgress) => void;
}

export interface MoveProgress {
  /** Products that this run moved to `to`. */
  moved: number;
  /** Products that were changed concurrently in every attempt: run the move again for these. */
  left: number;
}

const PAGE_ITEMS = 500;
const SIDE_BY_SIDE = 20;
const ATTEMPTS = 5;

/**
 * Moves the home of every product of one Region to another, with data-plane calls only. For a lost Region: a healthy
 * one keeps writing its products until the move is replicated, so drain it first and wait for replication.
 *
 * Idempotent: may be repeated, interrupted and run concurrently.
 *
 * Cost: one read of the whole table and one write for each product moved.
 *
 * @example
 * const { moved } = await moveHome({ client, table: "products", from: "us-east-1", to: "us-west-2" });
 */
export async function moveHome(move: HomeMove): Promise<MoveProgress> {
  if (move.from === move.to) throw new Error(`\`from\` and \`to\` are both ${move.from}; give two different Regions.`);
  const progress: MoveProgress = { moved: 0, left: 0 };
  let startKey: Record<string, unknown> | undefined;
  do {
    const page = await move.client.send(
      new ScanCommand({
        TableName: move.table,
        ConsistentRead: true,
        Limit: PAGE_ITEMS,
        ExclusiveStartKey: startKey,
        FilterExpression: "homeRegion = :from",
        ExpressionAttributeValues: { ":from": move.from },
      }),
    );
    // Only this service writes the table.
    const products = (page.Items ?? []) as Product[];
    for (let start = 0; start < products.length; start += SIDE_BY_SIDE) {
      const outcomes = await Promise.all(products.slice(start, start + SIDE_BY_SIDE).map((one) => moveOne(move, one)));
      for (const outcome of outcomes) {
        if (outcome !== "elsewhere") progress[outcome]++;
      }
    }
    startKey = page.LastEvaluatedKey;
    move.onProgress?.({ ...progress });
  } while (startKey);
  return progress;
}

/** Writes on condition of the version that was read, so that no concurrent change is lost. */
async function moveOne(move: HomeMove, seen: Product): Promise<"moved" | "left" | "elsewhere"> {
  let current: Product | undefined = seen;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const moved: Product | undefined = current && decideMove(current, move.from, move.to);
    if (!moved) return "elsewhere";
    try {
      await move.client.send(
        new UpdateCommand({
          TableName: move.table,
          Key: { productId: moved.productId },
          UpdateExpression: "SET homeRegion = :to, #version = :next",
          ConditionExpression: "homeRegion = :from AND #version = :seen",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: {
            ":from": move.from,
            ":to": moved.homeRegion,
            ":seen": current!.version,
            ":next": moved.version,
          },
        }),
      );
      return "moved";
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const Key = { productId: moved.productId };
      const { Item } = await move.client.send(new GetCommand({ TableName: move.table, Key, ConsistentRead: true }));
      current = Item as Product | undefined;
    }
  }
  return "left";
}
