import { expect } from "chai";
import { callFunction, requestTo, summaryOf } from "../../../kit/calledFunction";
import { onReplicatedStore, onUsualStore, REGIONS_TABLE_ARN } from "../../../kit/orderServiceStand";

describe("The function of invoices", function () {
  this.timeout(180_000);
  const [stand, replicated] = [onUsualStore(), onReplicatedStore()];
  const orderId = "0123456789ABCDEFGHJKMNPQRS";
  const call = async (...request: Parameters<typeof requestTo>) =>
    callFunction(stand.made.named("Function", "orders-invoice-function"), requestTo(...request));

  it("shows invoices, and credit notes by their refund", async () => {
    const invoice = await call("GET /api/orders/{orderId}/invoice", { orderId });
    expect(summaryOf(invoice)).to.deep.equal([404, "Order not found"]);
    const withoutRefund = await call("GET /api/orders/{orderId}/refunds/{refundId}/credit-note", { orderId });
    expect(withoutRefund.result?.statusCode).to.equal(422);
  });

  it("may find the peer Region's address, if it has one", () => {
    const { named, statements } = replicated.made;
    const { variables } = named("Function", "orders-invoice-function")["environment"] as { variables: object };
    expect(variables).to.include({ REGIONS_TABLE: "regions" });
    expect(
      statements("invoice").filter(({ Resource }) => [Resource].flat().includes(REGIONS_TABLE_ARN)),
    ).to.have.length(1);
    const alone = stand.made.named("Function", "orders-invoice-function")["environment"];
    expect(alone).to.not.have.nested.property("variables.REGIONS_TABLE");
  });
});
