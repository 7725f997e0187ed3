import { rmSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StaticSite, type StaticSiteArgs } from "../../../components/staticSite";
import { contentSecurityPolicy } from "../../../components/staticSite/resources/securityHeaders";
import { expectRefusal } from "../../kit/refusals";
import { makeBuild, registerSite, writeIn } from "../../kit/siteStand";

describe("StaticSite", () => {
  let build: string;
  beforeEach(() => {
    build = makeBuild();
  });
  afterEach(() => rmSync(build, { recursive: true }));
  const register = (args: Omit<StaticSiteArgs, "build"> = {}) => registerSite({ build, ...args });

  it("refuses pages without their 404.html, or that are no paths", async () => {
    const site = (pages: string[]) => () => new StaticSite("site", { build, pages });
    await expectRefusal("StaticSite", site(["/"]), /without 404\.html/);
    writeIn(build, "404.html", "<!doctype html>");
    await expectRefusal("StaticSite", site(["products"]), /"products"/);
  });

  it("caches hashed files for a year and revalidates the page on each use", async () => {
    const { object } = await register();
    expect(object("site/assets/index-Ab12Cd34.js")["cacheControl"]).to.equal("public, max-age=31536000, immutable");
    expect(object("site/index.html")["cacheControl"]).to.equal("no-cache");
    expect(object("site/config.json")["cacheControl"]).to.equal("no-cache");
    expect(object("site/images/kitchen.svg")["cacheControl"]).to.match(/^public, max-age=3600/);
  });

  it("gives each file its content type", async () => {
    const { of } = await register();
    const types = of("BucketObjectv2").map(({ inputs }) => [inputs["key"], inputs["contentType"]]);
    expect(Object.fromEntries(types)).to.deep.equal({
      "site/index.html": "text/html; charset=utf-8",
      "site/favicon.svg": "image/svg+xml",
      "site/images/kitchen.svg": "image/svg+xml",
      "site/assets/index-Ab12Cd34.js": "text/javascript; charset=utf-8",
      "site/assets/index-Ef56Gh78.css": "text/css; charset=utf-8",
      "site/assets/font-Ij90Kl12.woff2": "font/woff2",
      "site/config.json": "application/json",
    });
  });

  it("writes the settings that the page reads", async () => {
    const { object } = await register({ settings: { currency: "USD", auth: pulumi.output({ kind: "oidc" }) } });
    expect(JSON.parse(object("site/config.json")["content"]!)).to.deep.equal({
      currency: "USD",
      auth: { kind: "oidc" },
    });
  });

  it("allows only the distribution to read the bucket, with TLS", async () => {
    const { one } = await register();
    expect(one("BucketPublicAccessBlock")).to.include({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const { Statement } = JSON.parse(one("BucketPolicy")["policy"] as string);
    const allowed = Statement.filter((statement: { Effect: string }) => statement.Effect === "Allow");
    expect(allowed).to.have.length(2);
    for (const statement of allowed) {
      expect(statement.Principal).to.deep.equal({ Service: "cloudfront.amazonaws.com" });
      expect(statement.Condition).to.deep.equal({ StringEquals: { "AWS:SourceArn": "arn:site-distribution" } });
    }
    expect(Statement).to.deep.include({
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:site-assets", "arn:site-assets/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });

  it("encrypts the bucket, keeps overwritten files for a month and no delete marker longer, and refuses access lists", async () => {
    const { one } = await register();
    expect(one("BucketServerSideEncryptionConfiguration")["rules"]).to.deep.equal([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    expect(one("BucketVersioning")["versioningConfiguration"]).to.deep.equal({ status: "Enabled" });
    expect(one("BucketOwnershipControls")["rule"]).to.deep.equal({ objectOwnership: "BucketOwnerEnforced" });
    const rules = one("BucketLifecycleConfiguration")["rules"];
    expect(rules).to.have.nested.property("[0].noncurrentVersionExpiration.noncurrentDays", 30);
    expect(rules).to.have.nested.property("[0].expiration.expiredObjectDeleteMarker", true);
  });

  it("allows the page to call its own origin and the given ones", () => {
    const policy = contentSecurityPolicy(["https://login.example.com"], ["https://pictures.example.com"]);
    expect(policy).to.include("connect-src 'self' https://login.example.com;");
    expect(policy).to.include("img-src 'self' data: https://pictures.example.com;");
    expect(policy).to.include("frame-ancestors 'none'");
    expect(policy).not.to.include("unsafe");
  });

  it("sends the security headers with every response", async () => {
    const { distribution, one } = await register({ apis: { "/api/orders*": { url: "https://a.example" } } });
    const { securityHeadersConfig } = one("ResponseHeadersPolicy") as Record<string, Record<string, object>>;
    expect(securityHeadersConfig!["strictTransportSecurity"]).to.include({ accessControlMaxAgeSec: 63_072_000 });
    expect(securityHeadersConfig).to.include.all.keys("contentTypeOptions", "frameOptions", "referrerPolicy");
    const behaviors = [distribution().defaultCacheBehavior, ...distribution().orderedCacheBehaviors];
    for (const behavior of behaviors) expect(behavior).to.include({ responseHeadersPolicyId: "site-security-id" });
  });

  it("applies transforms to the underlying resources", async () => {
    const { distribution } = await register({ transform: { distribution: { priceClass: "PriceClass_100" } } });
    expect(distribution()).to.include({ priceClass: "PriceClass_100" });
  });

  it("refuses a build with its own config.json", () => {
    writeIn(build, "config.json", "{}");
    return expectRefusal(
      "StaticSite",
      () => new StaticSite("site", { build }),
      /`build` is .*, which has a config\.json/,
    );
  });
});
