import { expect } from "chai";
import { callFunction } from "../../../kit/calledFunction";
import { onUsualStore } from "../../../kit/orderServiceStand";

describe("The function of the step Ship", function () {
  this.timeout(180_000);
  const stand = onUsualStore();
  const orderId = "0123456789ABCDEFGHJKMNPQRS";
  const actionsFor = async (event: object) => {
    const { calls } = await callFunction(stand.made.named("Function", "orders-ship-function"), event);
    return calls.map(({ action }) => action);
  };

  it("reads the order for a webhook, and waits first in a workflow", async () => {
    expect(await actionsFor({ orderId, webhookId: "w-1" })).to.deep.equal(["Query"]);
    const [first, ...others] = await actionsFor({ orderId, epoch: 1, token: "token", polls: 0 });
    expect(first).to.equal("UpdateItem");
    expect(others).to.include("Query");
  });
});
