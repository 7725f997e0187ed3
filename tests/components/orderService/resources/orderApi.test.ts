import { expect } from "chai";
import { onUsualStore } from "../../../kit/orderServiceStand";

describe("The routes of orders", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("requires sign-in for customers' and merchandisers' routes only", () => {
    const signIn = Object.fromEntries(
      stand.made.of("Route").map(({ inputs }) => [inputs["routeKey"], inputs["authorizationType"] === "CUSTOM"]),
    );
    expect(signIn).to.deep.equal({
      "POST /api/orders": true,
      "POST /api/orders/quotes": true,
      "GET /api/orders": true,
      "GET /api/orders/{orderId}": true,
      "GET /api/orders/{orderId}/invoice": true,
      "GET /api/orders/{orderId}/refunds/{refundId}/credit-note": true,
      "POST /api/orders/{orderId}/cancel": true,
      "GET /api/orders/stock/{productId}/shares": true,
      "PUT /api/orders/stock/{productId}/deliveries/{deliveryId}": true,
      "GET /api/orders/addresses": true,
      "POST /api/orders/addresses": true,
      "DELETE /api/orders/addresses/{addressId}": true,
      "DELETE /api/orders/account": true,
      "GET /api/orders/placed": true,
      "POST /api/orders/{orderId}/refunds": true,
      "GET /api/orders/{orderId}/refunds": true,
      "POST /api/orders/webhooks/payment": false,
      "POST /api/orders/webhooks/shipping": false,
      "GET /api/orders/health": false,
      "GET /api/orders/openapi.json": false,
      $default: false,
    });
  });
});
