import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { json } from "../../../../domain/http/problem";
import { HEALTH_ORDER_ID, type HealthItem, ORDER_SCHEMA } from "../../../../domain/order";
import type { OrderTables } from "../orderStore";
import type { HttpResponse, Log } from "./http";

/** Requests within this time get the last answer: checkers from many places cost one write, and so does a flood. */
const ANSWER_KEPT_MS = 5_000;

/**
 * `GET /api/orders/health`: writes an item of this Region to each table and reads it back. 503 as soon as one of them
 * fails, so that traffic goes to the other Region.
 */
export function createHealthCheck(client: DynamoDBDocumentClient, tables: OrderTables, region: string, log: Log) {
  let last: { response: HttpResponse; until: number } | undefined;
  return async (): Promise<HttpResponse> => {
    if (last && Date.now() < last.until) return last.response;
    const response = await check();
    last = { response, until: Date.now() + ANSWER_KEPT_MS };
    return response;
  };

  async function check(): Promise<HttpResponse> {
    const checkedAt = new Date().toISOString();
    try {
      await Promise.all([tables.orders, tables.cards].map((table) => writeAndRead(table, checkedAt)));
      return json(200, { status: "ok", region, checkedAt });
    } catch (error) {
      log.error("The Region's tables do not work", { error: error instanceof Error ? error : String(error) });
      return json(503, { status: "failing", region, checkedAt });
    }
  }

  async function writeAndRead(table: string, checkedAt: string): Promise<void> {
    const item: HealthItem = { kind: "health", schema: ORDER_SCHEMA, orderId: HEALTH_ORDER_ID, region, checkedAt };
    await client.send(new PutCommand({ TableName: table, Item: item }));
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { orderId: HEALTH_ORDER_ID, region }, ConsistentRead: true }),
    );
    // Another check may have written in between; an older item means that the write was lost.
    if (!Item || (Item as HealthItem).checkedAt < checkedAt) throw new Error(`${table} lost what was written.`);
  }
}
