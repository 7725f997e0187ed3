import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, ScanCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import {
  type DeliveryItem,
  deliveryKey,
  type Share,
  type ShareChange,
  STOCK_SCHEMA,
  shareKey,
  type Units,
} from "../../../domain/stock";
import { readShares } from "../../runtime/stockShares";

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
    return await readShares(this.client, this.table, productId);
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

  /**
   * Adds units to the own share, or takes them away if `units` is below 0. The delivery's id makes a repetition change nothing.
   *
   * @returns `short` if the share has fewer units than are to be taken away.
   */
  async deliver(productId: string, units: number, id: string, at: string): Promise<"delivered" | "repeated" | "short"> {
    const delivery: DeliveryItem = {
      kind: "delivery",
      schema: STOCK_SCHEMA,
      ...deliveryKey(productId, this.region, id),
      region: this.region,
      units,
      at,
    };
    try {
      await this.client.send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName: this.table, Item: delivery, ConditionExpression: "attribute_not_exists(productId)" } },
            {
              Update: {
                TableName: this.table,
                Key: shareKey(productId, this.region),
                UpdateExpression: `SET ${IDENTITY} ADD available :units, delivered :units, sold :none`,
                ...(units < 0 && { ConditionExpression: "available >= :taken" }),
                ExpressionAttributeNames: IDENTITY_NAMES,
                ExpressionAttributeValues: {
                  ":units": units,
                  ":none": 0,
                  ...(units < 0 && { ":taken": -units }),
                  ...this.identity,
                },
              },
            },
          ],
        }),
      );
      return "delivered";
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const [first, second] = error.CancellationReasons ?? [];
      if (first?.Code === "ConditionalCheckFailed") return "repeated";
      if (second?.Code === "ConditionalCheckFailed") return "short";
      throw error;
    }
  }

  /** All shares of a Region that this Region knows: a read of the whole table, for an operator's claim. */
  async sharesOf(region: string): Promise<Share[]> {
    const shares: Share[] = [];
    let startKey: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.client.send(
        new ScanCommand({
          TableName: this.table,
          ConsistentRead: true,
          FilterExpression: "#kind = :share AND #region = :region",
          ExpressionAttributeNames: { "#kind": "kind", "#region": "region" },
          ExpressionAttributeValues: { ":share": "share", ":region": region },
          ExclusiveStartKey: startKey,
        }),
      );
      shares.push(...(Items as Share[]));
      startKey = LastEvaluatedKey;
    } while (startKey);
    return shares;
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
