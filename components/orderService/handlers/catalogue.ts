import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { PricedProduct } from "../../../domain/order";
import { readBatch } from "./readBatch";

/** Reads prices from the catalogue's table, never from the client's request. */
export class Catalogue {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** The products among these that the catalogue has, in any order. */
  products(productIds: readonly string[]): Promise<PricedProduct[]> {
    const keys = [...new Set(productIds)].map((productId) => ({ productId }));
    return readBatch(this.client, this.tableName, keys, {
      ProjectionExpression: "productId, #name, category, price, availability, maxPerOrder, counted, deletedAt",
      ExpressionAttributeNames: { "#name": "name" },
    });
  }
}
