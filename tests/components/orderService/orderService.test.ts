import { expect } from "chai";
import { onUsualStore, register } from "../../kit/orderServiceStand";

describe("OrderService", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("creates alarms for failures that retries do not resolve", () => {
    expect(stand.made.of("MetricAlarm").map(({ name }) => name)).to.have.members([
      "orders-executions-failed",
      "orders-executions-timed-out",
      "orders-executions-aborted",
      "orders-refund-failing",
      "orders-parked",
      "orders-unknown-region",
      "orders-stream-failures-not-empty",
      "orders-notifications-failed-not-empty",
      "orders-invoices-failed-not-empty",
      "orders-webhooks-failed-not-empty",
    ]);
  });

  it("outputs its address and the public card key", () => {
    expect(stand.made.outputs.url).to.equal("https://api");
    expect(stand.made.outputs.card).to.deep.include({ keyId: "mrk-1" });
    expect(stand.made.outputs.card.jwk).to.have.all.keys("kty", "n", "e");
  });

  it("applies transforms last", async () => {
    const { named } = await register({ transform: { ordersTable: (args) => ({ ...args, tags: { team: "orders" } }) } });
    expect(named("Table", "orders-orders")).to.deep.include({ tags: { team: "orders" } });
  });
});
