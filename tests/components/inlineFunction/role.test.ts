import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Grant } from "../../../components/inlineFunction/grants";
import { baseGrants, policyOf } from "../../../components/inlineFunction/role";
import { statementsOf } from "../../kit/registeredResources";

describe("the role's policy", () => {
  before(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }));
  after(() => pulumi.runtime.disconnect());

  const statements = (grants: readonly Grant[]) =>
    new Promise<Record<string, unknown>[]>((resolve) =>
      policyOf(grants).apply((document) => resolve(statementsOf(document))),
    );

  it("has one statement a grant, with its resources and condition", async () => {
    const condition = { StringEquals: { "ses:FromAddress": "a@example.com" } };
    expect(
      await statements([{ actions: ["ses:SendEmail"], resources: [pulumi.output("arn:identity")], condition }]),
    ).to.deep.equal([{ Effect: "Allow", Action: ["ses:SendEmail"], Resource: ["arn:identity"], Condition: condition }]);
  });

  it("names exceptions in place of resources", async () => {
    const grant = { actions: ["sns:Publish"], resources: ["*"], except: ["arn:aws:sns:*:*:*"] };
    expect(await statements([grant])).to.deep.equal([
      { Effect: "Allow", Action: ["sns:Publish"], NotResource: ["arn:aws:sns:*:*:*"] },
    ]);
  });

  it("lets every function write its own log and send traces, and one in a VPC manage network interfaces", async () => {
    const logGroup = { arn: pulumi.output("arn:log") } as aws.cloudwatch.LogGroup;
    const actions = async (inVpc: boolean) =>
      (await statements(baseGrants(logGroup, inVpc))).flatMap(({ Action }) => Action as string[]);
    expect((await statements(baseGrants(logGroup, false)))[0]).to.deep.include({ Resource: ["arn:log:*"] });
    expect((await actions(false)).some((action) => action.startsWith("ec2:"))).to.equal(false);
    expect(await actions(true)).to.include.members(["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"]);
  });
});
