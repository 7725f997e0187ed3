import { rmSync } from "node:fs";
import { expect } from "chai";
import { PAGE_HEADER } from "../../../../components/runtime/pageHeader";
import { StaticSite, type StaticSiteArgs } from "../../../../components/staticSite";
import { expectRefusal } from "../../../kit/refusals";
import { makeBuild, registerSite, writeIn } from "../../../kit/siteStand";

describe("StaticSite with rendered pages", () => {
  let build: string;

  beforeEach(() => {
    build = makeBuild();
  });

  afterEach(() => rmSync(build, { recursive: true }));

  const rendered = { url: "https://api.example", paths: ["/", "/products/*"], parameters: ["q"] };
  const register = (args: Omit<StaticSiteArgs, "build"> = {}) => registerSite({ build, rendered, ...args });

  interface Inputs {
    origins: Record<string, unknown>[];
    originGroups?: unknown[];
    defaultRootObject?: string;
  }

  it("takes the page from the bucket if the function fails, is throttled or does not answer", async () => {
    const { behavior, distribution, one } = await register({ edgeSecret: "the-secret" });
    const { origins, originGroups } = distribution() as unknown as Inputs;
    for (const path of rendered.paths) {
      expect(behavior(path)).to.deep.include({ targetOriginId: "pages-or-file", allowedMethods: ["GET", "HEAD"] });
      expect(behavior(path).functionAssociations).to.deep.equal([
        { eventType: "viewer-request", functionArn: "arn:site-rendered-pages" },
      ]);
    }
    expect(originGroups).to.deep.equal([
      {
        originId: "pages-or-file",
        failoverCriteria: { statusCodes: [429, 500, 502, 503, 504] },
        members: [{ originId: "pages" }, { originId: "site" }],
      },
    ]);
    const renderer = origins.find(({ originId }) => originId === "pages")!;
    expect(renderer).to.deep.include({
      domainName: "api.example",
      connectionAttempts: 1,
      connectionTimeout: 3,
      customHeaders: [{ name: "x-stayopen-edge", value: "the-secret" }],
    });
    expect(renderer["customOriginConfig"]).to.include({ originReadTimeout: 6 });
    const policy = one("CachePolicy")["parametersInCacheKeyAndForwardedToOrigin"];
    expect(policy).to.deep.include({
      headersConfig: { headerBehavior: "whitelist", headers: { items: [PAGE_HEADER] } },
      cookiesConfig: { cookieBehavior: "none" },
      queryStringsConfig: { queryStringBehavior: "none" },
    });
  });

  it("takes the page from the peer's bucket with two Regions, because the function's Region may be lost", async () => {
    const { distribution } = await register({ peerBucket: { bucketName: "peer", region: "us-west-2" } });
    const { originGroups } = distribution() as unknown as Inputs;
    expect(originGroups).to.have.length(3);
    expect(originGroups!.at(-1)).to.deep.include({ members: [{ originId: "pages" }, { originId: "site-peer" }] });
  });

  it("has no root object, which could keep the landing page from its behavior", async () => {
    const { defaultRootObject } = (await register()).distribution() as unknown as Inputs;
    expect(defaultRootObject).to.equal(undefined);
    const { distribution } = await registerSite({ build });
    expect((distribution() as unknown as Inputs).defaultRootObject).to.equal("index.html");
  });

  it("never answers a page in place of the sitemap", async () => {
    const { behavior } = await register();
    expect(behavior("/sitemap.xml").targetOriginId).to.equal("pages");
  });

  it("names the sitemap in robots.txt by the site's address", async () => {
    writeIn(build, "robots.txt", "User-agent: *\n");
    const { object, url } = await register({ sitemap: "/sitemap.xml" });
    expect(object("site/robots.txt")["content"]).to.equal(`User-agent: *\nSitemap: ${url}/sitemap.xml\n`);
  });

  it("is refused where another Region's distribution delivers", async () => {
    const existingDistribution = { distributionArn: "arn", siteUrl: "https://www.example.com" };
    await expectRefusal(
      "StaticSite",
      () => new StaticSite("site", { build, rendered, existingDistribution }),
      /rendered/,
    );
  });

  it("refuses a sitemap that robots.txt can't name", async () => {
    await expectRefusal("StaticSite", () => new StaticSite("site", { build, sitemap: "/sitemap.xml" }), /robots\.txt/);
    writeIn(build, "robots.txt", "");
    await expectRefusal(
      "StaticSite",
      () => new StaticSite("site", { build, sitemap: "sitemap.xml" }),
      /"sitemap\.xml"/,
    );
  });
});
