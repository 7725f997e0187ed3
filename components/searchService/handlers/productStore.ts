import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import {
  type ChangeContext,
  type Decision,
  decideDelete,
  decidePut,
  type ExpectedVersion,
} from "../../../domain/catalogue/change";
import type { Product, ProductContent } from "../../../domain/catalogue/product";

/** The final outcome of a change; a write that lost a race has been decided again. */
export type Outcome = Decision;

export interface ProductStoreOptions {
  client: DynamoDBDocumentClient;
  table: string;
  /** The Region that writes. */
  region: string;
  now?: () => Date;
}

const ATTEMPTS = 3;

/**
 * The product table. Every write is conditional on the version that was read, so that two writers never
 * overwrite each other.
 */
export class ProductStore {
  constructor(private readonly options: ProductStoreOptions) {}

  /** The item as last written, a tombstone included. */
  async get(productId: string): Promise<Product | undefined> {
    const { client, table } = this.options;
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { productId }, ConsistentRead: true }));
    // Only `put` and `delete` write this table.
    return Item as Product | undefined;
  }

  /** Creates or replaces a product; see `decidePut` for what `expected` means. */
  put(productId: string, content: ProductContent, expected: ExpectedVersion): Promise<Outcome> {
    return this.change(productId, (current, context) => decidePut(productId, content, current, expected, context));
  }

  /** Replaces a product by a tombstone. */
  delete(productId: string, expected: number | undefined): Promise<Outcome> {
    return this.change(productId, (current, context) => decideDelete(current, expected, context));
  }

  private async change(
    productId: string,
    decide: (current: Product | undefined, context: ChangeContext) => Decision,
  ): Promise<Outcome> {
    for (let attempt = 1; ; attempt++) {
      const now = (this.options.now?.() ?? new Date()).toISOString();
      const decision = decide(await this.get(productId), { region: this.options.region, now });
      if (decision.kind !== "write") return decision;
      try {
        await this.write(decision.product, decision.replaces);
        return decision;
      } catch (error) {
        // Another writer was first: decide again, which mostly ends in a conflict.
        if (!(error instanceof ConditionalCheckFailedException) || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  /** Stores a product if its item still has the version `replaces` (`undefined`: if there is none). */
  async write(product: Product, replaces: number | undefined): Promise<void> {
    const condition =
      replaces === undefined
        ? { ConditionExpression: "attribute_not_exists(productId)" }
        : {
            ConditionExpression: "#version = :replaces",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":replaces": replaces },
          };
    await this.options.client.send(new PutCommand({ TableName: this.options.table, Item: product, ...condition }));
  }
}
