import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { SHARES, type Share } from "../../domain/stock";

/** Reads all shares of a product that the Region knows, strongly consistent. */
export async function readShares(client: DynamoDBDocumentClient, table: string, productId: string): Promise<Share[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: "productId = :productId AND begins_with(entry, :shares)",
      ExpressionAttributeValues: { ":productId": productId, ":shares": SHARES },
      ConsistentRead: true,
    }),
  );
  // Only `StockStore` writes shares.
  return Items as Share[];
}
