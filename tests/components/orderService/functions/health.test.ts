import { expect } from "chai";
import { onUsualStore } from "../../../kit/orderServiceStand";

describe("The function of the health check", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("lets the health check access its own item only", () => {
    const touching = stand.made
      .statements("health")
      .filter(({ Action }) => [Action].flat().some((action) => action.startsWith("dynamodb:")));
    expect(touching).to.have.length(2);
    for (const { Condition } of touching) {
      expect(Condition).to.deep.equal({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["health"] } });
    }
  });
});
