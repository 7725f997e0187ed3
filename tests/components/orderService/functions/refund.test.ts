import { expect } from "chai";
import { callFunction, requestTo, summaryOf } from "../../../kit/calledFunction";
import { onReplicatedStore, onUsualStore } from "../../../kit/orderServiceStand";

describe("The function of refunds", function () {
  this.timeout(180_000);
  const [stand, replicated] = [onUsualStore(), onReplicatedStore()];
  const orderId = "0123456789ABCDEFGHJKMNPQRS";
  const call = async (...request: Parameters<typeof requestTo>) =>
    callFunction(stand.made.named("Function", "orders-refund-function"), requestTo(...request));

  it("lists placed orders, lists refunds and records one, for merchandisers", async () => {
    const groups = "merchandisers";
    const placed = await call("GET /api/orders/placed", { groups });
    expect(summaryOf(placed)).to.deep.equal([200, { orders: [] }]);
    const listed = await call("GET /api/orders/{orderId}/refunds", { groups, orderId });
    expect(summaryOf(listed)).to.deep.equal([404, "Order not found"]);
    const unclear = await call("POST /api/orders/{orderId}/refunds", { groups, orderId, body: {} });
    expect(unclear.result?.statusCode).to.equal(422);
  });

  it("refuses customers", async () => {
    for (const route of ["GET /api/orders/placed", "POST /api/orders/{orderId}/refunds"]) {
      expect(summaryOf(await call(route, { orderId, body: {} }))).to.deep.equal([403, "Not a merchandiser"]);
    }
  });

  it("lists the orders of this Region and of its peers", () => {
    const variables = ({ environment }: Record<string, unknown>) => (environment as { variables: object }).variables;
    const regions = (made: { named: typeof stand.made.named }) =>
      variables(made.named("Function", "orders-refund-function"));
    expect(regions(stand.made)).to.include({ PEER_REGIONS: "[]" });
    expect(regions(replicated.made)).to.include({ PEER_REGIONS: '["us-west-2"]' });
  });
});
