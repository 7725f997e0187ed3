import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type OrderTableItem, type Partition, toPartition } from "../../../domain/order";
import { queryAll } from "../../runtime/queryAll";

/** The names of what the store reads and writes. */
export interface OrderTables {
  orders: string;
  cards: string;
  stock: string;
}

/** Reads orders. The bundle of a function that only reads them has none of the writes of `OrderStore`, a twentieth of it. */
export class OrderReader {
  constructor(
    protected readonly client: DynamoDBDocumentClient,
    protected readonly tables: OrderTables,
    /** The function's own Region. */
    readonly region: string,
  ) {}

  /** All that this Region knows of an order, strongly consistent. */
  async partition(orderId: string): Promise<Partition> {
    return toPartition(await this.everyItem(orderId));
  }

  protected everyItem(orderId: string, TableName = this.tables.orders): Promise<OrderTableItem[]> {
    return queryAll(this.client, {
      TableName,
      KeyConditionExpression: "orderId = :orderId",
      ExpressionAttributeValues: { ":orderId": orderId },
      ConsistentRead: true,
    });
  }
}
