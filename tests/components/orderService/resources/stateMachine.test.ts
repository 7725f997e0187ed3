import { expect } from "chai";
import { onUsualStore, type Statement } from "../../../kit/orderServiceStand";

describe("The workflow of orders", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("creates a Standard workflow that logs errors without data and may invoke its three functions only", () => {
    const machine = stand.made.named("StateMachine", "orders-workflow");
    expect(machine).to.deep.include({
      name: "store-test-orders-workflow",
      type: "STANDARD",
      tracingConfiguration: { enabled: true },
    });
    expect(machine["loggingConfiguration"]).to.include({ level: "ERROR", includeExecutionData: false });
    const policy = JSON.parse(String(stand.made.named("RolePolicy", "orders-workflow")["policy"])) as {
      Statement: Statement[];
    };
    expect(policy.Statement[0]?.Resource).to.have.length(3);
  });

  it("answers tasks of its own state machine only, by its future ARN", () => {
    const arn = "arn:aws:states:us-east-1:123456789012:stateMachine:store-test-orders-workflow";
    for (const name of ["authorize", "ship", "resume", "dispatcher"]) {
      const answering = stand.made
        .statements(name)
        .find(({ Action }) => [Action].flat().some((action) => action.startsWith("states:SendTask")));
      expect(answering?.Resource, name).to.deep.equal([arn]);
    }
  });
});
