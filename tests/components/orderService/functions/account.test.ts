import { expect } from "chai";
import { callFunction, requestTo, summaryOf } from "../../../kit/calledFunction";
import { onUsualStore } from "../../../kit/orderServiceStand";

describe("The function of the customer's account", function () {
  this.timeout(180_000);
  const stand = onUsualStore();
  const call = async (...request: Parameters<typeof requestTo>) =>
    callFunction(stand.made.named("Function", "orders-account-function"), requestTo(...request));
  const address = { name: "Ada", street: "Main Street 1", city: "Springfield", postalCode: "12345", country: "DE" };

  it("lists, saves and removes addresses", async () => {
    const listed = await call("GET /api/orders/addresses");
    expect(summaryOf(listed)).to.deep.equal([200, { addresses: [] }]);
    expect(listed.calls.map(({ action }) => action)).to.deep.equal(["Query"]);

    const saved = await call("POST /api/orders/addresses", { body: address });
    expect(saved.result?.statusCode).to.equal(200);
    expect(saved.calls.map(({ action }) => action)).to.deep.equal(["Query", "PutItem"]);
    expect(saved.calls[1]?.body).to.include("Main Street 1").and.include('"TableName":"orders-orders"');

    const removed = await call("DELETE /api/orders/addresses/{addressId}", { addressId: "not an id" });
    expect(removed.result?.statusCode).to.equal(422);
    const unknown = await call("DELETE /api/orders/addresses/{addressId}", { addressId: "a".repeat(43) });
    expect(summaryOf(unknown)).to.deep.equal([200, { addresses: [] }]);
  });

  it("takes requests to delete the account", async () => {
    expect(summaryOf(await call("DELETE /api/orders/account"))).to.deep.equal([403, "Sign-in time unknown"]);
  });
});
