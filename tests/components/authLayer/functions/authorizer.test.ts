import { expect } from "chai";
import { regions, register } from "../../../kit/authLayerStand";

describe("The authorizer", () => {
  const oidc = { issuer: "https://login.example.com", audience: "store" };

  it("grants its authorizer nothing but logs and traces", async () => {
    const { of } = await register({ provider: { oidc } });
    const policies = of("RolePolicy").map(({ inputs }) => JSON.parse(inputs["policy"] as string));
    const actions = policies.flatMap(({ Statement }) => Statement).flatMap(({ Action }) => Action);
    expect(actions).not.to.deep.equal([]);
    expect(actions.filter((action: string) => !/^(logs|xray):/.test(action))).to.deep.equal([]);
  });

  it("lets its authorizer read the Regions' table and not write it", async () => {
    const { granted, variables } = await register({ regions });
    expect(granted("auth-authorizer")).to.deep.equal([
      { Effect: "Allow", Action: ["dynamodb:Scan"], Resource: ["arn:regions"] },
    ]);
    expect(variables("auth-authorizer")["REGION_STATE"]).to.equal("regions");
  });
});
