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

export interface ProductTable {
  client: DynamoDBDocumentClient;
  /** Name of the product table. */
  table: string;
  /** The Region that writes. */
  region: string;
  now?: () => Date;
}

/** A write that was decided on what was read: of `item` in place of the version `replaces`, or of an item that there is not. */
export interface DecidedWrite<Item> {
  item: Item;
  replaces: number | undefined;
}

const ATTEMPTS = 3;

/** Reads an item of the product table, strongly consistent. Only `changeItem` and imports write it. */
export async function readItem<Item>({ client, table }: ProductTable, productId: string): Promise<Item | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: { productId }, ConsistentRead: true }));
  return Item as Item | undefined;
}

/**
 * Reads an item, decides, and writes under the condition that the item still has the version that was read, so that two writers never
 * overwrite each other.
 *
 * @param toWrite `undefined` for a decision to write nothing.
 */
export async function changeItem<Item extends object, Decided>(
  table: ProductTable,
  productId: string,
  decide: (current: Item | undefined, context: ChangeContext) => Decided,
  toWrite: (decision: Decided) => DecidedWrite<Item> | undefined,
): Promise<Decided> {
  for (let attempt = 1; ; attempt++) {
    const now = (table.now?.() ?? new Date()).toISOString();
    const decision = decide(await readItem<Item>(table, productId), { region: table.region, now });
    const write = toWrite(decision);
    if (!write) return decision;
    try {
      await writeItem(table, write);
      return decision;
    } catch (error) {
      // Another writer was first: decide again, which mostly ends in a conflict.
      if (!(error instanceof ConditionalCheckFailedException) || attempt >= ATTEMPTS) throw error;
    }
  }
}

async function writeItem<Item extends object>(
  { client, table }: ProductTable,
  { item, replaces }: DecidedWrite<Item>,
): Promise<void> {
  const condition =
    replaces === undefined
      ? { ConditionExpression: "attribute_not_exists(productId)" }
      : {
          ConditionExpression: "#version = :replaces",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: { ":replaces": replaces },
        };
  await client.send(new PutCommand({ TableName: table, Item: item, ...condition }));
}

/** The products of the product table. */
export class ProductStore {
  constructor(private readonly table: ProductTable) {}

  /** The item as last written, a tombstone included. */
  get(productId: string): Promise<Product | undefined> {
    return readItem(this.table, productId);
  }

  /** Creates or replaces a product; see `decidePut` for what `expected` means. */
  put(productId: string, content: ProductContent, expected: ExpectedVersion): Promise<Decision> {
    return this.change(productId, (current, context) => decidePut(productId, content, current, expected, context));
  }

  /** Replaces a product by a tombstone. */
  delete(productId: string, expected: number | undefined): Promise<Decision> {
    return this.change(productId, (current, context) => decideDelete(current, expected, context));
  }

  private change(
    productId: string,
    decide: (current: Product | undefined, context: ChangeContext) => Decision,
  ): Promise<Decision> {
    return changeItem(this.table, productId, decide, (decision) =>
      decision.kind === "write" ? { item: decision.product, replaces: decision.replaces } : undefined,
    );
  }

  /** Stores a product if its item still has the version `replaces` (`undefined`: if there is none). */
  write(product: Product, replaces: number | undefined): Promise<void> {
    return writeItem(this.table, { item: product, replaces });
  }
}
