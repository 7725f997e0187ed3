import { expect } from "chai";
import { onUsualStore } from "../../../kit/orderServiceStand";

describe("The function that takes orders over", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("grants the takeover to read open orders and write own items, and does not retry a call", () => {
    const actions = stand.made.actions("takeover").filter((action) => action.startsWith("dynamodb:"));
    expect([...new Set(actions)].sort()).to.deep.equal(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]);
    expect(stand.made.named("FunctionEventInvokeConfig", "orders-takeover-calls")).to.include({
      maximumRetryAttempts: 0,
    });
  });
});
