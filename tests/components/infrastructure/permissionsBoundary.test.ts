import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { applyPermissionsBoundary } from "../../../components/infrastructure/permissionsBoundary";
import { registerResources } from "../../kit/registeredResources";

describe("applyPermissionsBoundary", () => {
  it("bounds every role of the stack, but keeps a role's own boundary", async () => {
    const { of } = await registerResources(() => {
      applyPermissionsBoundary("arn:boundary");
      new aws.iam.Role("bounded", { assumeRolePolicy: "{}" });
      new aws.iam.Role("own", { assumeRolePolicy: "{}", permissionsBoundary: "arn:own" });
      new aws.sns.Topic("topic");
    });
    expect(of("Role").map(({ name, inputs }) => [name, inputs["permissionsBoundary"]])).to.have.deep.members([
      ["bounded", "arn:boundary"],
      ["own", "arn:own"],
    ]);
    expect(of("Topic")[0]!.inputs).not.to.have.property("permissionsBoundary");
  });
});
