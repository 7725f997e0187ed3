import { expect } from "chai";
import { POOL_ARN, register } from "../../../kit/authLayerStand";

describe("The trigger of tokens", () => {
  it("lets the trigger read the pool's accounts by a separate policy", async () => {
    const { named } = await register({});
    expect(JSON.parse(named("RolePolicy", "auth-customer-accounts")["policy"] as string).Statement).to.deep.equal([
      { Effect: "Allow", Action: ["cognito-idp:AdminGetUser"], Resource: [POOL_ARN] },
    ]);
  });

  it("lets the trigger read accounts in the pools of the peer Regions only", async () => {
    const existing = { table: { name: "customers", arn: "arn:customers" }, key: { arn: "arn:key" } };
    for (const args of [
      { replicaRegions: ["us-west-2"] },
      { existingDirectory: existing, peerRegions: ["us-west-2"] },
    ]) {
      const { named } = await register(args);
      const [{ Resource }] = JSON.parse(named("RolePolicy", "auth-customer-accounts")["policy"] as string).Statement;
      expect(Resource).to.deep.equal([POOL_ARN, "arn:aws:cognito-idp:us-west-2:123456789012:userpool/us-west-2_*"]);
    }
  });

  it("connects the trigger to the pool, and allows no other pool to invoke it", async () => {
    const { named } = await register({});
    expect(named("UserPool", "auth-customers")["lambdaConfig"]).to.deep.include({
      preTokenGenerationConfig: { lambdaArn: "arn:auth-customer-function", lambdaVersion: "V2_0" },
      postConfirmation: "arn:auth-customer-function",
    });
    expect(named("Permission", "auth-customer")).to.include({
      principal: "cognito-idp.amazonaws.com",
      sourceArn: POOL_ARN,
    });
  });
});
