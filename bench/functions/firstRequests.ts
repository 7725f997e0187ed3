import { createServer } from "node:http";

// Usage: firstRequests.ts, in a process of its own, so that its processor time is not counted.
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

createServer((request, response) => {
  request.resume().on("end", () => {
    const target = String(request.headers["x-amz-target"] ?? "");
    const isSearch = /_search/.test(request.url ?? "");
    const body = isSearch
      ? { hits: { total: { value: 0 }, hits: [] }, aggregations: {} }
      : (ANSWERS[target] ?? { hits: { hits: [] } });
    response.setHeader("content-type", target ? "application/x-amz-json-1.0" : "application/json");
    response.end(JSON.stringify(body));
  });
}).listen(0, "127.0.0.1", function (this: ReturnType<typeof createServer>) {
  console.log((this.address() as { port: number }).port);
});
