import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { HttpRequest } from "../../components/orderService/handlers/api/http";
import { createSubmitOrder } from "../../components/orderService/handlers/api/submit";
import { Catalogue } from "../../components/orderService/handlers/catalogue";
import { OrderStore } from "../../components/orderService/handlers/orderStore";
import { StockStore } from "../../components/orderService/handlers/stock/stockStore";

const PRODUCT = {
  productId: "kettle",
  name: "Kettle",
  price: { amount: 3_490, currency: "EUR" },
  availability: "in-stock",
};

/** The submit handler with an immediate DynamoDB, so that only its own work is measured. */
export function submitInMemory() {
  const client = {
    send: async (command: unknown) =>
      command instanceof BatchGetCommand ? { Responses: { products: [PRODUCT] } } : {},
  } as unknown as DynamoDBDocumentClient;
  return createSubmitOrder({
    store: new OrderStore(client, { orders: "orders", cards: "cards", stock: "stock" }, "us-east-1"),
    stock: new StockStore(client, "stock", "us-east-1"),
    catalogue: new Catalogue(client, "products"),
    cardKeyIds: ["mrk-1"],
    ordersPerCustomerDay: 1_000_000,
  });
}

/** A request as API Gateway passes it, with this idempotency key. */
export function submission(key: string): HttpRequest {
  const body = {
    lines: [{ productId: "kettle", quantity: 2 }],
    expectedTotal: { amount: 6_980, currency: "EUR" },
    shipping: { name: "Ann Example", street: "1 High Street", city: "Springfield", postalCode: "12345", country: "US" },
    contact: { email: "ann@example.com" },
    payment: { kind: "token", token: "tok_1" },
  };
  const request: Partial<HttpRequest> & { requestContext: unknown } = {
    version: "2.0",
    routeKey: "POST /api/orders",
    rawPath: "/api/orders",
    headers: { "content-type": "application/json", "idempotency-key": key },
    requestContext: {
      requestId: "bench",
      http: { method: "POST", path: "/api/orders" },
      authorizer: { lambda: { customerId: "customer-ann", groups: "customers" } },
    } as HttpRequest["requestContext"],
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
  return request as HttpRequest;
}
