import { expect } from "chai";
import { onReplicatedStore, onUsualStore } from "../../../kit/orderServiceStand";

describe("The function that sweeps orders", function () {
  this.timeout(180_000);
  const [usual, replicated] = [onUsualStore(), onReplicatedStore()];
  const rateOf = ({ named }: { named: typeof usual.made.named }) =>
    named("Schedule", "orders-sweep")["scheduleExpression"];

  it("runs every five minutes by default", () => {
    expect(rateOf(usual.made)).to.equal("rate(5 minutes)");
    expect(rateOf(replicated.made)).to.equal("rate(1 minute)");
  });
});
