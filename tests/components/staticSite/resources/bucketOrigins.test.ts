import { rmSync } from "node:fs";
import { expect } from "chai";
import type { StaticSiteArgs } from "../../../../components/staticSite";
import { makeBuild, type Origin, PEER, registerSite } from "../../../kit/siteStand";

describe("Origins in two Regions", () => {
  let build: string;
  before(() => {
    build = makeBuild();
  });
  after(() => rmSync(build, { recursive: true }));
  const register = (args: Omit<StaticSiteArgs, "build">) => registerSite({ build, ...args });

  it("delivers pages and media from the other Region's bucket when its own fails", async () => {
    const { distribution, behavior } = await register({ peerBucket: PEER });
    const { originGroups } = distribution() as unknown as { originGroups: object[] };
    expect(originGroups).to.deep.equal(
      ["site", "media"].map((originId) => ({
        originId: `${originId}-either`,
        failoverCriteria: { statusCodes: [500, 502, 503, 504] },
        members: [{ originId }, { originId: `${originId}-peer` }],
      })),
    );
    expect(distribution().defaultCacheBehavior.targetOriginId).to.equal("site-either");
    expect(behavior("/media/*").targetOriginId).to.equal("media-either");
    const origins = distribution().origins as Origin[];
    expect(origins.find(({ originId }) => originId === "site-peer")).to.include({
      domainName: "assets-123456789012-us-west-2-an.s3.us-west-2.amazonaws.com",
      originPath: "/site",
      originAccessControlId: "site-assets-id",
      connectionAttempts: 2,
      connectionTimeout: 3,
    });
  });

  it("uses origin groups only in behaviors that read", async () => {
    const { distribution } = await register({
      peerBucket: PEER,
      apis: { "/api/orders*": { url: "https://a.example" } },
    });
    const { originGroups, defaultCacheBehavior, orderedCacheBehaviors } = distribution() as ReturnType<
      typeof distribution
    > & { originGroups: { originId: string }[] };
    const groups = originGroups.map(({ originId }) => originId);
    const failingOver = [defaultCacheBehavior, ...orderedCacheBehaviors].filter(({ targetOriginId }) =>
      groups.includes(targetOriginId),
    );
    expect(failingOver).to.have.length(2);
    for (const { allowedMethods } of failingOver) expect(allowedMethods).to.deep.equal(["GET", "HEAD"]);
  });
});
