import { createHmac } from "node:crypto";
import { PAGE_HEADER } from "../../components/runtime/pageHeader";

/** An API request of payload 2.0 by a signed-in customer. */
function http(method: string, path: string, more: Record<string, unknown> = {}) {
  const [rawPath, rawQueryString = ""] = path.split("?");
  return {
    version: "2.0",
    routeKey: `${method} ${rawPath}`,
    rawPath,
    rawQueryString,
    headers: { "content-type": "application/json", "idempotency-key": "key-1", "if-match": '"1"' },
    requestContext: {
      requestId: "request-1",
      routeKey: `${method} ${rawPath}`,
      http: { method, path: rawPath, sourceIp: "192.0.2.1" },
      authorizer: { lambda: { customerId: "customer-1", groups: "merchandisers" } },
    },
    pathParameters: { productId: "kettle", orderId: "0".repeat(32), region: "eu-central-1" },
    isBase64Encoded: false,
    ...more,
  };
}

const order = {
  lines: [{ productId: "kettle", quantity: 1 }],
  expectedTotal: { amount: 2_999, currency: "EUR" },
  shipping: { name: "Ada", street: "Main Street 1", city: "Springfield", postalCode: "12345", country: "US" },
  contact: { email: "ada@example.com" },
  payment: { kind: "token", token: "tok_1" },
};
const content = {
  name: "Kettle",
  brand: "Acme",
  category: "Kitchen",
  description: "Boils.",
  price: { amount: 2_999, currency: "EUR" },
  availability: "in-stock",
  attributes: { colour: "black" },
};

function webhook() {
  const body = JSON.stringify({ type: "payment.updated", orderId: "0".repeat(32) });
  const timestamp = Math.floor(Date.now() / 1_000);
  const signature = createHmac("sha256", Buffer.from("c2VjcmV0", "base64"))
    .update(`message-1.${timestamp}.${body}`)
    .digest("base64");
  return http("POST", "/api/orders/webhooks/payment", {
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": "message-1",
      "webhook-timestamp": String(timestamp),
      "webhook-signature": `v1,${signature}`,
    },
  });
}

const item = {
  orderId: { S: "0".repeat(32) },
  region: { S: "eu-central-1" },
  kind: { S: "order" },
  status: { S: "PLACED" },
  epoch: { N: "1" },
};
const change = (eventName: string, NewImage: object) => ({
  Records: [
    {
      eventName,
      eventSource: "aws:dynamodb",
      eventSourceARN: "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/1",
      dynamodb: { SequenceNumber: "1", Keys: { productId: { S: "kettle" } }, NewImage },
    },
  ],
});
const notification = { id: "1", orderId: "0".repeat(32), region: "eu-central-1", status: "PAID", epoch: 1 };
const queued = {
  Records: [{ messageId: "1", eventSource: "aws:sqs", body: JSON.stringify(notification), attributes: {} }],
};
const step = { orderId: "0".repeat(32), epoch: 1, token: "token", executionArn: "arn" };

/** The first request of each function. A table is empty, so a function ends where an order would be needed. */
export const firstRequests = (): Record<string, unknown> => ({
  "auth-code": http("POST", "/api/sign-in/code", { body: JSON.stringify({ email: "ada@example.com" }) }),
  "auth-authorizer": { headers: { authorization: "Bearer none" }, identitySource: ["Bearer none"] },
  "catalogue-search": http("GET", "/api/catalogue/search?q=kettle"),
  "catalogue-read": http("GET", "/api/catalogue/products/kettle"),
  "catalogue-pages": http("GET", "/index.html", {
    headers: { [PAGE_HEADER]: "https://www.example.com/products/kettle" },
  }),
  "catalogue-write": http("PUT", "/api/catalogue/products/kettle", { body: JSON.stringify(content) }),
  "catalogue-indexer": change("INSERT", { productId: { S: "kettle" }, version: { N: "1" } }),
  "catalogue-rebuilder": { kind: "begin", id: "1" },
  "orders-submit": http("POST", "/api/orders", { body: JSON.stringify(order) }),
  "orders-read": http("GET", "/api/orders"),
  "orders-cancel": http("POST", "/api/orders/0/cancel"),
  "orders-account": http("GET", "/api/orders/addresses"),
  "orders-invoice": http("GET", "/api/orders/0/invoice"),
  "orders-webhooks": webhook(),
  "orders-health": http("GET", "/api/orders/health"),
  "orders-dispatcher": change("INSERT", item),
  "orders-notifier": queued,
  "orders-invoicer": queued,
  ...Object.fromEntries(["authorize", "settle", "ship", "resume"].map((name) => [`orders-${name}`, step])),
});
