import { rmSync } from "node:fs";
import { expect } from "chai";
import { StaticSite, type StaticSiteArgs } from "../../../components/staticSite";
import { expectRefusal } from "../../kit/refusals";
import { DELIVERER, makeBuild, PEER, registerSite, type Statement } from "../../kit/siteStand";

describe("The first StaticSite of two Regions", () => {
  let build: string;
  before(() => {
    build = makeBuild();
  });
  after(() => rmSync(build, { recursive: true }));
  const register = (args: Omit<StaticSiteArgs, "build">) => registerSite({ build, ...args });

  it("serves the page for any path that is not a file", async () => {
    const { distribution } = await register({ peerBucket: PEER });
    expect(distribution().defaultCacheBehavior.functionAssociations).to.deep.equal([
      { eventType: "viewer-request", functionArn: "arn:site-pages" },
    ]);
  });

  it("creates a reserved bucket name in the account's own namespace", async () => {
    const { one } = await register({ bucketName: "assets-123456789012-us-east-1-an" });
    expect(one("Bucket")).to.include({ bucketNamespace: "account-regional" });
    expect((await register({ bucketName: "assets" })).one("Bucket")).not.to.have.property("bucketNamespace");
  });
});

describe("The second StaticSite of two Regions", () => {
  let build: string;
  before(() => {
    build = makeBuild();
  });
  after(() => rmSync(build, { recursive: true }));
  const register = (args: Omit<StaticSiteArgs, "build">) => registerSite({ build, ...args });

  it("has its own build and no distribution", async () => {
    const { of, object, url } = await register({ existingDistribution: DELIVERER });
    expect(object("site/index.html")).to.include({ cacheControl: "no-cache" });
    for (const type of ["Distribution", "Function", "OriginAccessControl", "ResponseHeadersPolicy"]) {
      expect(of(type), type).to.deep.equal([]);
    }
    expect(url).to.equal("https://www.example.com");
  });

  it("allows the first one's distribution to read", async () => {
    const { one } = await register({ existingDistribution: DELIVERER });
    const { Statement } = JSON.parse(one("BucketPolicy")["policy"] as string) as { Statement: Statement[] };
    const conditions = Statement.filter(({ Effect }) => Effect === "Allow").map(({ Condition }) => Condition);
    const fromThere = { StringEquals: { "AWS:SourceArn": DELIVERER.distributionArn } };
    expect(conditions).to.deep.equal([fromThere, fromThere]);
  });

  it("refuses arguments of a distribution", async () => {
    const args = { build, existingDistribution: DELIVERER, apis: { "/api/orders*": { url: "https://a.example" } } };
    await expectRefusal(
      "StaticSite",
      () => new StaticSite("site", args),
      /`apis` is given; it must be left out beside `existingDistribution`/,
    );
  });
});
