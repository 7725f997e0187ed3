import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { SHARES, type Share, type ShareChange, STOCK_SCHEMA, shareKey, type Units } from "../../../domain/stock";

/** The table of stock. Every write changes the own Region's share only, by adding to it. */
export class StockStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
    /** The Region whose shares this store writes. */
    readonly region: string,
  ) {}

  /** All shares of a product that this Region knows, strongly consistent. */
  async shares(productId: string): Promise<Share[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: "productId = :productId AND begins_with(entry, :shares)",
        ExpressionAttributeValues: { ":productId": productId, ":shares": SHARES },
        ConsistentRead: true,
      }),
    );
    return Items as Share[];
  }

  /** Records that an order waits for units of the peer's share. The peer reads it from its replica. */
  async wish({ productId, quantity }: Units, until: string): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.table,
        Key: shareKey(productId, this.region),
        UpdateExpression: `SET wanted = :quantity, wantedUntil = :until, ${IDENTITY} ADD ${NOTHING}`,
        ExpressionAttributeNames: IDENTITY_NAMES,
        ExpressionAttributeValues: { ":quantity": quantity, ":until": until, ":none": 0, ...this.identity },
      }),
    );
  }

  /** Changes the own share as the domain decided; `false` if the share has changed since it was read. */
  async change(productId: string, change: ShareChange): Promise<boolean> {
    const { counter, expected, by, units, atLeast } = change;
    const isFirst =
      expected === 0 ? "(attribute_not_exists(#counter) OR #counter = :expected)" : "#counter = :expected";
    try {
      await this.client.send(
        new UpdateCommand({
          TableName: this.table,
          Key: shareKey(productId, this.region),
          UpdateExpression: `SET ${IDENTITY} ADD #counter :by, available :units, sold :none, delivered :none`,
          ConditionExpression: atLeast === undefined ? isFirst : `${isFirst} AND available >= :atLeast`,
          ExpressionAttributeNames: { ...IDENTITY_NAMES, "#counter": counter },
          ExpressionAttributeValues: {
            ":expected": expected,
            ":by": by,
            ":units": units,
            ":none": 0,
            ...(atLeast !== undefined && { ":atLeast": atLeast }),
            ...this.identity,
          },
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
      return false;
    }
  }

  private get identity() {
    return { ":kind": "share", ":schema": STOCK_SCHEMA, ":region": this.region };
  }
}

/** Written with every change, since the first one makes the item. */
const IDENTITY = "#kind = :kind, #schema = :schema, #region = :region";
const IDENTITY_NAMES = { "#kind": "kind", "#schema": "schema", "#region": "region" };
const NOTHING = "available :none, sold :none, delivered :none";

/** Action of a transaction: an order takes units from the own share, on condition that they are there. */
export function takeUnits(table: string, { productId, quantity }: Units, region: string) {
  return {
    TableName: table,
    Key: shareKey(productId, region),
    UpdateExpression: "REMOVE wanted, wantedUntil ADD available :taken, sold :quantity",
    ConditionExpression: "available >= :quantity",
    ExpressionAttributeValues: { ":taken": -quantity, ":quantity": quantity },
  };
}

/** Action of a transaction: units that an order held go back to the own share. */
export function returnUnits(table: string, { productId, quantity }: Units, region: string) {
  return {
    TableName: table,
    Key: shareKey(productId, region),
    UpdateExpression: "ADD available :quantity, sold :returned",
    ExpressionAttributeValues: { ":quantity": quantity, ":returned": -quantity },
  };
}
