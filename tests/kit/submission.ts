import type { HttpRequest } from "../../components/orderService/handlers/api/http";

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
