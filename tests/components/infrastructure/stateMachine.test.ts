import { expect } from "chai";
import { createStateMachine, type StateMachineArgs } from "../../../components/infrastructure/stateMachine";
import { registerResources, statementsOf } from "../../kit/registeredResources";

describe("createStateMachine", () => {
  const register = (more: Partial<StateMachineArgs> = {}) =>
    registerResources((parent) => {
      const args = { functionArns: ["arn:step"], definition: "{}", logName: "orders", ...more };
      createStateMachine("workflow", args, { parent });
    });

  it("logs errors without their data, and traces executions", async () => {
    const { only } = await register();
    expect(only("StateMachine")).to.deep.include({
      type: "STANDARD",
      definition: "{}",
      roleArn: "arn:workflow",
      loggingConfiguration: { level: "ERROR", includeExecutionData: false, logDestination: "arn:workflow:*" },
      tracingConfiguration: { enabled: true },
    });
    expect(only("LogGroup")).to.include({ name: "/aws/vendedlogs/states/orders", retentionInDays: 30 });
  });

  it("may invoke its functions only", async () => {
    const statements = statementsOf((await register()).only("RolePolicy")["policy"]);
    expect(statements.filter(({ Resource }) => Resource !== "*")).to.deep.equal([
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: ["arn:step"] },
    ]);
  });

  it("takes a name, the time that logs are kept, and overrides", async () => {
    const { only } = await register({ physicalName: "known", logRetentionDays: 7, transform: { type: "EXPRESS" } });
    expect(only("StateMachine")).to.include({ name: "known", type: "EXPRESS" });
    expect(only("LogGroup")["retentionInDays"]).to.equal(7);
  });
});
