import { expect } from "chai";
import { DOMAIN, evaluate } from "../kit/evaluatedProgram";

describe("The order in which two Regions are deployed", function () {
  this.timeout(120_000);
  it("can be deployed primary first: it refers to no other stack", async () => {
    const { outputs } = await evaluate("prod-east");
    expect(outputs["shared"]).to.include({ domain: "" });
  });

  // `tests/refusals.test.ts` has the secondary without a primary, and those with a domain in one stack only.
  it("accept a primary of an earlier release, which does not export its domain", async () => {
    const { outputs } = await evaluate("prod-east", {}, DOMAIN);
    const { domain, ...shared } = outputs["shared"] as Record<string, unknown>;
    expect(domain).to.equal("example.com");
    const { registrations } = await evaluate("prod-west", { "prod-east": { ...outputs, shared } }, DOMAIN);
    expect(registrations.map(({ type }) => type)).to.include("aws:route53/record:Record");
  });
});
