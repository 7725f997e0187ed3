import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import {
  type DeliveryItem,
  deliveriesPrefix,
  deliveryKey,
  findRepeatedDelivery,
  type Share,
  type ShareChange,
  STOCK_SCHEMA,
  shareKey,
  type Units,
} from "../../../../domain/stock";
import { conditionHolds } from "../../../runtime/conditionalWrites";
import { queryAll } from "../../../runtime/queryAll";
import { readShares } from "../../../runtime/stockShares";
import { type Action, MEETING_ATTEMPTS, transact } from "../transaction";

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
    return await conditionHolds(
      this.client.send(
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
      ),
    );
  }

  /**
   * Adds units to the own share, or takes them away if `units` is below 0. The delivery's id makes it happen once in the whole
   * store: an id that another Region has written, and that has arrived here, changes nothing. If both Regions write it before
   * either's item has arrived, one of them withdraws its units later (`withdrawRepeated`).
   *
   * @returns `different` if the id was written with another number of units, `short` if the share has fewer units than are to
   * be taken away.
   */
  async deliver(
    productId: string,
    units: number,
    id: string,
    at: string,
  ): Promise<"delivered" | "repeated" | "different" | "short"> {
    const earlier = await this.deliveries(productId, id);
    const outcome = earlier.length > 0 ? "repeated" : await this.addDelivery(productId, units, id, at);
    if (outcome === "short") return outcome;
    // Another Region's item may have arrived while this one was written, or a caller before may have died here.
    const known = await this.deliveries(productId, id);
    if (await this.withdrawRepeated(known)) return "repeated";
    return known.every((delivery) => delivery.units === units) ? outcome : "different";
  }

  /** A delivery's items in all Regions, as this Region knows them. */
  deliveries(productId: string, id: string): Promise<DeliveryItem[]> {
    return queryAll(this.client, {
      TableName: this.table,
      KeyConditionExpression: "productId = :productId AND begins_with(entry, :deliveries)",
      ExpressionAttributeValues: { ":productId": productId, ":deliveries": deliveriesPrefix(id) },
      ConsistentRead: true,
    });
  }

  /**
   * Gives the own units of a delivery up if another Region counts the same id, once. `available` may fall below 0, if orders
   * have taken the units: so many are promised twice.
   *
   * @returns true if units were given up.
   */
  async withdrawRepeated(deliveries: readonly DeliveryItem[]): Promise<boolean> {
    const repeated = findRepeatedDelivery(deliveries, this.region);
    if (!repeated) return false;
    const { own, keptIn } = repeated;
    const refused = await this.transact([
      {
        Update: {
          TableName: this.table,
          Key: { productId: own.productId, entry: own.entry },
          UpdateExpression: "SET withdrawnFor = :keptIn",
          ConditionExpression: "attribute_exists(productId) AND attribute_not_exists(withdrawnFor)",
          ExpressionAttributeValues: { ":keptIn": keptIn },
        },
      },
      { Update: this.addUnits(own.productId, -own.units) },
    ]);
    return refused === undefined;
  }

  private async addDelivery(
    productId: string,
    units: number,
    id: string,
    at: string,
  ): Promise<"delivered" | "repeated" | "short"> {
    const delivery: DeliveryItem = {
      kind: "delivery",
      schema: STOCK_SCHEMA,
      ...deliveryKey(productId, this.region, id),
      region: this.region,
      units,
      at,
    };
    const share = this.addUnits(productId, units);
    const refused = await this.transact([
      { Put: { TableName: this.table, Item: delivery, ConditionExpression: "attribute_not_exists(productId)" } },
      {
        Update:
          units < 0
            ? {
                ...share,
                ConditionExpression: "available >= :taken",
                ExpressionAttributeValues: { ...share.ExpressionAttributeValues, ":taken": -units },
              }
            : share,
      },
    ]);
    if (refused === undefined) return "delivered";
    return refused.has(0) ? "repeated" : "short";
  }

  /** Orders take units of the same share in the same moment. */
  private transact(actions: Action[]) {
    return transact(this.client, actions, MEETING_ATTEMPTS);
  }

  /** Action of a transaction: changes the own share by units that are delivered or taken away. */
  private addUnits(productId: string, units: number) {
    return {
      TableName: this.table,
      Key: shareKey(productId, this.region),
      UpdateExpression: `SET ${IDENTITY} ADD available :units, delivered :units, sold :none`,
      ExpressionAttributeNames: IDENTITY_NAMES,
      ExpressionAttributeValues: { ":units": units, ":none": 0, ...this.identity },
    };
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
