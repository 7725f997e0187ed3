import { expect } from "chai";
import { bundleOf, type Inputs, register } from "../../../kit/orderServiceStand";

describe("The function that reviews orders", function () {
  this.timeout(180_000);

  it("asks a function of the store's own between Authorize and Capture", async () => {
    const arn = "arn:aws:lambda:us-east-1:123456789012:function:fraud";
    const { named, statements } = await register({ review: { function: { arn }, undecided: "accept" } });
    const { States } = JSON.parse(String(named("StateMachine", "orders-workflow")["definition"]));
    expect(States.Authorize.Next).to.equal("Review");
    expect(States.Review.Arguments.FunctionName).to.match(/orders-review-function$/);
    const invoked = named("RolePolicy", "orders-workflow")["policy"];
    expect(String(invoked)).to.contain("orders-review-function");
    const asked = statements("review").filter(({ Resource }) => [Resource].flat().includes(arn));
    expect(asked.flatMap(({ Action }) => Action)).to.deep.equal(["lambda:InvokeFunction"]);
    const { variables } = named("Function", "orders-review-function")["environment"] as { variables: Inputs };
    expect(variables["REVIEW_FUNCTION"]).to.equal(arn);
    expect(JSON.parse(String(variables["REVIEW"]))).to.deep.equal({
      ...{ timeoutMs: 5_000, limitSeconds: 600, undecided: "accept" },
    });
  });

  it("bundles a check that is written as a callback", async () => {
    const { named } = await register({
      review: {
        callbackFactory: () => (order) => ({ decision: order.total.amount > 1_000_000 ? "review" : "accept" }),
        environment: { SCORES: "scores-table" },
      },
    });
    const fn = named("Function", "orders-review-function");
    expect((fn["environment"] as { variables: Inputs }).variables).to.include({ SCORES: "scores-table" });
    expect(await bundleOf(fn)).to.match(/1e6|1000000/);
  });
});
