import { createServer } from "node:http";
import { HEALTH_ORDER_ID } from "../../domain/order";

// Usage: firstRequests.ts, in its own process, so that its processor time is not counted.
// Answers the AWS calls, searches and provider calls of the functions' first requests, and prints its port.

const product = {
  productId: { S: "kettle" },
  name: { S: "Kettle" },
  price: { M: { amount: { N: "2999" }, currency: { S: "EUR" } } },
  availability: { S: "in-stock" },
  version: { N: "1" },
  homeRegion: { S: "eu-central-1" },
  updatedAt: { S: "2026-01-01T00:00:00Z" },
  brand: { S: "Acme" },
  category: { S: "Kitchen" },
  description: { S: "Boils." },
  attributes: { M: {} },
};

/** Answers by operation; every other is `{}`, an empty table's answer. */
const ANSWERS: Record<string, unknown> = {
  "DynamoDB_20120810.Query": { Items: [], Count: 0, ScannedCount: 0 },
  "DynamoDB_20120810.BatchGetItem": { Responses: { "catalogue-products": [product] } },
  "AmazonSSM.GetParameter": { Parameter: { Value: "whsec_c2VjcmV0" } },
};

/** The health check's item: the check reads what it has written. */
const isHealth = ({ orderId }: { orderId?: { S?: string } } = {}): boolean => orderId?.S === HEALTH_ORDER_ID;
const healthItems = new Map<string, unknown>();

/** Keeps and returns health items; for other items undefined. */
function healthAnswer(target: string, body: string): unknown {
  if (!/\.(Put|Get)Item$/.test(target)) return undefined;
  const { TableName: table = "", Item, Key } = JSON.parse(body) as Record<string, never>;
  if (isHealth(Item)) healthItems.set(table, Item);
  return isHealth(Key) ? { Item: healthItems.get(table) } : undefined;
}

createServer((request, response) => {
  let sent = "";
  request.setEncoding("utf8").on("data", (part: string) => {
    sent += part;
  });
  request.on("end", () => {
    const target = String(request.headers["x-amz-target"] ?? "");
    const isSearch = /_search/.test(request.url ?? "");
    const body = isSearch
      ? { hits: { total: { value: 0 }, hits: [] }, aggregations: {} }
      : (healthAnswer(target, sent) ?? ANSWERS[target] ?? { hits: { hits: [] } });
    response.setHeader("content-type", target ? "application/x-amz-json-1.0" : "application/json");
    response.end(JSON.stringify(body));
  });
}).listen(0, "127.0.0.1", function (this: ReturnType<typeof createServer>) {
  console.log((this.address() as { port: number }).port);
});
