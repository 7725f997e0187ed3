import { rmSync } from "node:fs";
import { expect } from "chai";
import type { StaticSiteArgs } from "../../../../components/staticSite";
import { ALL_VIEWER_EXCEPT_HOST_HEADER, CACHING_DISABLED, makeBuild, registerSite } from "../../../kit/siteStand";

describe("Paths of one Region's APIs", () => {
  let build: string;
  beforeEach(() => {
    build = makeBuild();
  });
  afterEach(() => rmSync(build, { recursive: true }));
  const register = (args: Omit<StaticSiteArgs, "build"> = {}) => registerSite({ build, ...args });

  it("routes each Region's APIs to that Region with the edge secret, uncached, by a function that removes the Region", async () => {
    const { behavior, distribution } = await register({
      apis: { "/api/catalogue*": { url: "https://catalogue.example", cache: true } },
      regionApis: {
        "us-east-1": { "/api/catalogue*": { url: "https://catalogue-us-east-1.example" } },
        "us-west-2": { "/api/catalogue*": { url: "https://catalogue-us-west-2.example" } },
      },
      edgeSecret: "the-secret",
    });
    const origins = distribution().origins as { originId: string; domainName: string; customHeaders?: unknown }[];
    for (const region of ["us-east-1", "us-west-2"]) {
      const pathPattern = `/regions/${region}/api/catalogue*`;
      expect(behavior(pathPattern)).to.deep.include({
        targetOriginId: pathPattern,
        cachePolicyId: CACHING_DISABLED,
        originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
        functionAssociations: [{ eventType: "viewer-request", functionArn: "arn:site-region-api" }],
      });
      expect(behavior(pathPattern).allowedMethods).to.include("POST");
      expect(origins.find(({ originId }) => originId === pathPattern)).to.deep.include({
        domainName: `catalogue-${region}.example`,
        customHeaders: [{ name: "x-stayopen-edge", value: "the-secret" }],
      });
    }
    const patterns = distribution().orderedCacheBehaviors.map(({ pathPattern }) => pathPattern);
    expect(patterns.indexOf("/regions/*")).to.be.above(patterns.indexOf("/regions/us-west-2/api/catalogue*"));
  });

  it("creates neither paths nor a function of Regions without `regionApis`", async () => {
    const { distribution, of } = await register({ apis: { "/api/orders*": { url: "https://a.example" } } });
    const patterns = distribution().orderedCacheBehaviors.map(({ pathPattern }) => pathPattern);
    expect(patterns.filter((pattern) => pattern.startsWith("/regions/"))).to.deep.equal(["/regions/*"]);
    expect(of("Function").map(({ name }) => name)).to.deep.equal(["site-pages"]);
  });
});
