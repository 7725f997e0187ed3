import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { PricedProduct } from "../../../domain/order";
import { TransientError } from "../../runtime/transientError";

/** Reads prices from the catalogue's table, never from the client's request. */
export class Catalogue {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** The products among these that the catalogue has, in any order; one request unless the table is throttled. */
  async products(productIds: readonly string[]): Promise<PricedProduct[]> {
    const products: PricedProduct[] = [];
    let keys: Record<string, unknown>[] = [...new Set(productIds)].map((productId) => ({ productId }));
    for (let round = 0; keys.length > 0; round++) {
      if (round === 3) throw new TransientError("The catalogue did not answer all products.");
      const { Responses, UnprocessedKeys } = await this.client.send(
        new BatchGetCommand({
          RequestItems: {
            [this.tableName]: {
              Keys: keys,
              ProjectionExpression: "productId, #name, category, price, availability, maxPerOrder, counted, deletedAt",
              ExpressionAttributeNames: { "#name": "name" },
            },
          },
        }),
      );
      products.push(...((Responses?.[this.tableName] ?? []) as PricedProduct[]));
      keys = UnprocessedKeys?.[this.tableName]?.Keys ?? [];
    }
    return products;
  }
}
