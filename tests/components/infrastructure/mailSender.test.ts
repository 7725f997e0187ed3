import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { allowSendingAs } from "../../../components/infrastructure/mailSender";
import { policyOf } from "../../../components/inlineFunction/role";
import { statementsOf } from "../../kit/registeredResources";

describe("allowSendingAs", () => {
  before(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }));
  after(() => pulumi.runtime.disconnect());

  const neighbour = pulumi.output("arn:aws:lambda:us-east-1:123456789012:function:mailer");
  const statements = (from: string) =>
    new Promise<Record<string, unknown>[]>((resolve) =>
      policyOf(allowSendingAs(from, neighbour)).apply((document) => resolve(statementsOf(document))),
    );

  it("allows one sender, by any identity and configuration set of the account and Region", async () => {
    const made = await statements("orders@example.com");
    expect(made.map(({ Resource }) => Resource)).to.deep.equal([
      ["arn:aws:ses:us-east-1:123456789012:identity/*"],
      ["arn:aws:ses:us-east-1:123456789012:configuration-set/*"],
    ]);
    for (const statement of made) {
      expect(statement).to.deep.include({
        Action: ["ses:SendEmail", "ses:SendRawEmail"],
        Condition: { StringEquals: { "ses:FromAddress": "orders@example.com" } },
      });
    }
  });

  it("takes the address out of a sender with a name", async () => {
    const [statement] = await statements("Store <orders@example.com>");
    expect(statement?.["Condition"]).to.deep.equal({ StringEquals: { "ses:FromAddress": "orders@example.com" } });
  });
});
