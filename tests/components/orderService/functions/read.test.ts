import { expect } from "chai";
import { callFunction, requestTo, summaryOf } from "../../../kit/calledFunction";
import { onUsualStore } from "../../../kit/orderServiceStand";

describe("The function that reads orders", function () {
  this.timeout(180_000);
  const stand = onUsualStore();
  const call = async (...request: Parameters<typeof requestTo>) =>
    callFunction(stand.made.named("Function", "orders-read-function"), requestTo(...request));

  it("lists the customer's orders, and shows one", async () => {
    expect(summaryOf(await call("GET /api/orders"))).to.deep.equal([200, { orders: [] }]);
    const shown = await call("GET /api/orders/{orderId}", { orderId: "0123456789ABCDEFGHJKMNPQRS" });
    expect(summaryOf(shown)).to.deep.equal([404, "Order not found"]);
  });
});
