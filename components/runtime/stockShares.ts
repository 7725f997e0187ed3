import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { SHARES, type Share } from "../../domain/stock";
import { queryAll } from "./queryAll";

/** Reads all shares of a product that the Region knows, strongly consistent. */
export function readShares(client: DynamoDBDocumentClient, table: string, productId: string): Promise<Share[]> {
  // Only `StockStore` writes shares.
  return queryAll<Share>(client, {
    TableName: table,
    KeyConditionExpression: "productId = :productId AND begins_with(entry, :shares)",
    ExpressionAttributeValues: { ":productId": productId, ":shares": SHARES },
    ConsistentRead: true,
  });
}
