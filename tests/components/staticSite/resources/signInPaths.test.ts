import { rmSync } from "node:fs";
import { expect } from "chai";
import type { StaticSiteArgs } from "../../../../components/staticSite";
import { CACHING_DISABLED, makeBuild, registerSite } from "../../../kit/siteStand";

describe("Paths of sign-in", () => {
  let build: string;
  beforeEach(() => {
    build = makeBuild();
  });
  afterEach(() => rmSync(build, { recursive: true }));
  const register = (args: Omit<StaticSiteArgs, "build"> = {}) => registerSite({ build, ...args });

  it("routes /auth/REGION/ to the sign-in service of each given Region", async () => {
    const { behavior, distribution, of } = await register({ signInRegions: ["us-east-1", "us-west-2"] });
    for (const region of ["us-east-1", "us-west-2"]) {
      expect(behavior(`/auth/${region}/*`)).to.deep.include({
        targetOriginId: `sign-in-${region}`,
        cachePolicyId: CACHING_DISABLED,
        functionAssociations: [{ eventType: "viewer-request", functionArn: "arn:site-sign-in" }],
      });
      const origins = distribution().origins as { originId: string; domainName: string }[];
      expect(origins.find(({ originId }) => originId === `sign-in-${region}`)).to.include({
        domainName: `cognito-idp.${region}.amazonaws.com`,
      });
    }
    expect(of("Function").map(({ name }) => name)).to.have.members(["site-pages", "site-sign-in"]);
    expect((await register()).of("Function").map(({ name }) => name)).to.deep.equal(["site-pages"]);
  });
});
