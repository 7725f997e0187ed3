import { expect } from "chai";
import { callFunction, requestTo, summaryOf } from "../../../kit/calledFunction";
import { onUsualStore } from "../../../kit/orderServiceStand";

describe("The function of stock", function () {
  this.timeout(180_000);
  const stand = onUsualStore();
  const groups = "merchandisers";
  const call = async (...request: Parameters<typeof requestTo>) =>
    callFunction(stand.made.named("Function", "orders-stock-function"), requestTo(...request));

  it("shows a product's shares, and takes deliveries", async () => {
    const shown = await call("GET /api/orders/stock/{productId}/shares", { groups, productId: "kettle-1" });
    expect(summaryOf(shown)).to.deep.equal([404, "Product not found"]);
    expect(shown.calls.map(({ action }) => action)).to.deep.equal(["BatchGetItem", "Query"]);

    const path = { groups, productId: "kettle-1", deliveryId: "D-1" };
    const delivered = await call("PUT /api/orders/stock/{productId}/deliveries/{deliveryId}", { ...path, body: {} });
    expect(delivered.result?.statusCode).to.equal(422);
    expect(delivered.calls).to.deep.equal([]);
  });
});
