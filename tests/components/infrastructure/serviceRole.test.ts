import { expect } from "chai";
import { createServiceRole } from "../../../components/infrastructure/serviceRole";
import { registerResources, statementsOf } from "../../kit/registeredResources";

describe("createServiceRole", () => {
  const statement = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:queue" };

  it("creates a role that one service may assume for this account, with these statements only", async () => {
    const { only } = await registerResources((parent) => {
      createServiceRole("worker", "scheduler.amazonaws.com", "123456789012", [statement], parent);
    });
    expect(statementsOf(only("Role")["assumeRolePolicy"])).to.deep.equal([
      {
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
    expect(only("RolePolicy")["role"]).to.equal("worker-id");
    expect(statementsOf(only("RolePolicy")["policy"])).to.deep.equal([statement]);
  });

  it("takes a name in AWS for policies that must know it", async () => {
    const { only } = await registerResources((parent) => {
      createServiceRole("worker", "scheduler.amazonaws.com", "123456789012", [], parent, "known-name");
    });
    expect(only("Role")["name"]).to.equal("known-name");
  });
});
