import { expect } from "chai";
import { onUsualStore, register } from "../../../kit/orderServiceStand";

describe("The function that notifies customers", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("waits for further changes by default", () => {
    const { environment } = stand.made.named("Function", "orders-notifier-function");
    expect(environment).to.have.nested.include({ "variables.GATHER_SECONDS": "20" });
    expect(stand.made.named("Queue", "orders-notifications")["delaySeconds"]).to.equal(20);
  });

  it("does not exist without a channel", async () => {
    const { of } = await register({ mail: "off" });
    expect(of("Function").map(({ name }) => name)).to.not.include("orders-notifier-function");
  });
});
