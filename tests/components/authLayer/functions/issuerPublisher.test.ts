import { expect } from "chai";
import { regions, register } from "../../../kit/authLayerStand";

describe("The function that publishes an issuer", () => {
  it("publishes its pool at deployment and every 15 minutes, and may write only its own item", async () => {
    const { granted, named, variables } = await register({ regions });
    expect(granted("auth-publisher")).to.deep.equal([
      {
        Effect: "Allow",
        Action: ["dynamodb:PutItem"],
        Resource: ["arn:regions"],
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["us-east-1"] } },
      },
    ]);
    const item = JSON.parse(variables("auth-publisher")["ISSUER_ITEM"]!);
    expect(item).to.have.all.keys("region", "settings", "trusted");
    expect(item.trusted).to.deep.equal({
      kind: "cognito",
      userPoolId: "us-east-1_AbCdEfGhI",
      clientId: "auth-storefront-id",
    });
    const { triggers } = named("Invocation", "auth-publish") as { triggers: { item: string } };
    expect(JSON.parse(triggers.item)).to.deep.equal(item);
    expect(named("Schedule", "auth-publish")["scheduleExpression"]).to.equal("rate(15 minutes)");
  });
});
