import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { trustPolicy } from "../../../components/inlineFunction/trustPolicy";
import { statementsOf } from "../../kit/registeredResources";

describe("trustPolicy", () => {
  before(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }));
  after(() => pulumi.runtime.disconnect());

  const statement = (service: string) =>
    new Promise<Record<string, unknown> | undefined>((resolve) =>
      trustPolicy(service, "123456789012").apply((document) => resolve(statementsOf(document)[0])),
    );

  it("trusts a service on behalf of this account only", async () => {
    expect(await statement("lambda.amazonaws.com")).to.deep.equal({
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    });
  });

  it("has no condition for S3, which sends no source account", async () => {
    expect(await statement("s3.amazonaws.com")).not.to.have.property("Condition");
  });
});
