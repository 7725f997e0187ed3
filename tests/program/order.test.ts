import { expect } from "chai";
import { DOMAIN, evaluate } from "../kit/evaluatedProgram";

describe("The order in which two Regions are deployed", function () {
  this.timeout(120_000);
  it("can be deployed primary first: it refers to no other stack", async () => {
    expect((await evaluate("prod-east")).outputs).to.include.keys("shared");
  });

  it("stop the secondary in one sentence when there is no primary yet", async () => {
    const failure = await evaluate("prod-west").catch((error: unknown) => error);
    expect(String(failure)).to.match(
      /^Error: The stack prod-west joins prod-east, which shares nothing yet\. Run "pulumi up --stack prod-east" first.*unknown stack "organization\/stayopen\/prod-east"\)$/,
    );
  });

  describe("with a domain in one stack only", () => {
    const named = DOMAIN;
    const refusal = async (primary: Record<string, string>, secondary: Record<string, string>) => {
      const { outputs } = await evaluate("prod-east", {}, primary);
      return String(await evaluate("prod-west", { "prod-east": outputs }, secondary).catch((error: unknown) => error));
    };

    it("stop the secondary, whose certificates could not be validated", async () => {
      expect(await refusal({}, named)).to.include(
        'prod-east has no stayopen:domain, this one stayopen:domain "example.com"',
      );
    });

    it("stop the secondary without a domain when the primary has one", async () => {
      expect(await refusal(named, {})).to.include(
        'prod-east has stayopen:domain "example.com", this one no stayopen:domain',
      );
    });

    it("accept a primary of an earlier release, which does not export its domain", async () => {
      const { outputs } = await evaluate("prod-east", {}, named);
      const { domain: _unsaid, ...shared } = outputs["shared"] as Record<string, unknown>;
      const { registrations } = await evaluate("prod-west", { "prod-east": { ...outputs, shared } }, named);
      expect(registrations.map(({ type }) => type)).to.include("aws:route53/record:Record");
    });
  });
});
