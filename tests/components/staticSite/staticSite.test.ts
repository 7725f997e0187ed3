import { rmSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StaticSite, type StaticSiteArgs } from "../../../components/staticSite";
import { contentSecurityPolicy } from "../../../components/staticSite/resources/securityHeaders";
import { expectRefusal } from "../../kit/refusals";
import { makeBuild, registerSite, writeIn } from "../../kit/siteStand";

const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

describe("StaticSite", () => {
  let build: string;

  beforeEach(() => {
    build = makeBuild();
  });

  afterEach(() => rmSync(build, { recursive: true }));

  const register = (args: Omit<StaticSiteArgs, "build"> = {}) => registerSite({ build, ...args });

  it("sends the edge secret to the APIs, and to no other origin", async () => {
    const { distribution } = await register({
      apis: { "/api/orders*": { url: "https://a.example" } },
      signInRegions: ["us-east-1"],
      edgeSecret: "the-secret",
    });
    const origins = distribution().origins as { originId: string; customHeaders?: unknown }[];
    expect(origins.length).to.be.above(2);
    expect(
      origins
        .filter(({ customHeaders }) => customHeaders)
        .map(({ originId, customHeaders }) => ({ originId, customHeaders })),
    ).to.deep.equal([{ originId: "/api/orders*", customHeaders: [{ name: "x-stayopen-edge", value: "the-secret" }] }]);
  });

  it("answers unknown pages with 404 by a function on responses, if it knows the pages", async () => {
    writeIn(build, "404.html", "<!doctype html>");
    const { distribution } = await register({ pages: ["/", "/products/*"] });
    const { functionAssociations } = distribution().defaultCacheBehavior as unknown as {
      functionAssociations: unknown;
    };
    expect(functionAssociations).to.deep.equal([
      { eventType: "viewer-request", functionArn: "arn:site-pages" },
      { eventType: "viewer-response", functionArn: "arn:site-unknown-pages" },
    ]);
  });

  it("refuses pages without their 404.html, or that are no paths", async () => {
    const site = (pages: string[]) => () => new StaticSite("site", { build, pages });
    await expectRefusal("StaticSite", site(["/"]), /without 404\.html/);
    writeIn(build, "404.html", "<!doctype html>");
    await expectRefusal("StaticSite", site(["products"]), /"products"/);
  });

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

  it("encrypts the bucket, keeps overwritten files for a month, and refuses access lists", async () => {
    const { one } = await register();
    expect(one("BucketServerSideEncryptionConfiguration")["rules"]).to.deep.equal([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    expect(one("BucketVersioning")["versioningConfiguration"]).to.deep.equal({ status: "Enabled" });
    expect(one("BucketOwnershipControls")["rule"]).to.deep.equal({ objectOwnership: "BucketOwnerEnforced" });
    expect(one("BucketLifecycleConfiguration")["rules"]).to.have.nested.property(
      "[0].noncurrentVersionExpiration.noncurrentDays",
      30,
    );
  });

  it("serves pages compressed, over HTTP/2 and HTTP/3, on its own name with TLS 1.2 or newer", async () => {
    const { distribution, url } = await register({
      domain: { name: "www.example.com", certificateArn: "arn:aws:acm:us-east-1:1:certificate/1" },
    });
    expect(distribution()).to.deep.include({ httpVersion: "http2and3", aliases: ["www.example.com"] });
    expect(distribution().viewerCertificate).to.include({ minimumProtocolVersion: "TLSv1.2_2021" });
    expect(distribution().defaultCacheBehavior).to.include({
      compress: true,
      viewerProtocolPolicy: "redirect-to-https",
    });
    expect(url).to.equal("https://www.example.com");
  });

  it("routes an API's paths to it with every method, uncached", async () => {
    const { behavior, distribution } = await register({
      apis: { "/api/orders*": { url: "https://abc.execute-api.example" } },
    });
    expect(behavior("/api/orders*")).to.include({
      cachePolicyId: CACHING_DISABLED,
      originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: "https-only",
    });
    expect(behavior("/api/orders*").allowedMethods).to.include.members(["DELETE", "GET", "PATCH", "POST", "PUT"]);
    expect(distribution().origins).to.deep.include({
      originId: "/api/orders*",
      domainName: "abc.execute-api.example",
      customOriginConfig: {
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: "https-only",
        originSslProtocols: ["TLSv1.2"],
      },
    });
  });

  it("caches an API's responses only on request, and only as long as they allow", async () => {
    const { behavior, one } = await register({
      apis: {
        "/api/orders*": { url: "https://a.example" },
        "/api/catalogue*": { url: "https://b.example", cache: true },
      },
    });
    expect(behavior("/api/catalogue*").cachePolicyId).to.equal("site-api-id");
    expect(behavior("/api/orders*").cachePolicyId).to.equal(CACHING_DISABLED);
    expect(one("CachePolicy")).to.include({ minTtl: 0, defaultTtl: 0, maxTtl: 60 });
  });

  it("rewrites paths to the page on the default behaviour alone, so that an API's errors stay errors", async () => {
    const { distribution, behavior } = await register({ apis: { "/api/orders*": { url: "https://a.example" } } });
    expect(distribution().defaultCacheBehavior.functionAssociations).to.deep.equal([
      { eventType: "viewer-request", functionArn: "arn:site-pages" },
    ]);
    expect(behavior("/api/orders*").functionAssociations).to.equal(undefined);
    expect(behavior("/media/*").functionAssociations).to.equal(undefined);
  });

  for (const peer of [undefined, { bucketName: "other", region: "us-west-2" }]) {
    it(`answers unknown paths below reserved ones at the edge, after every API, ${peer ? "with" : "without"} a peer`, async () => {
      const { distribution, behavior } = await register({
        apis: { "/api/orders*": { url: "https://a.example" } },
        signInRegions: ["us-east-1"],
        peerBucket: peer,
      });
      const patterns = distribution().orderedCacheBehaviors.map(({ pathPattern }) => pathPattern);
      expect(patterns).to.deep.equal([
        "/api/orders*",
        "/auth/us-east-1/*",
        "/api/*",
        "/auth/*",
        "/regions/*",
        "/media/*",
      ]);
      for (const pattern of ["/api/*", "/auth/*", "/regions/*"]) {
        expect(behavior(pattern)).to.deep.include({
          // No group of origins: CloudFront accepts one for reading methods alone.
          targetOriginId: "site",
          cachePolicyId: CACHING_DISABLED,
          functionAssociations: [{ eventType: "viewer-request", functionArn: "arn:site-pages" }],
        });
        expect(behavior(pattern).allowedMethods).to.include.members(["DELETE", "GET", "HEAD", "POST", "PUT"]);
      }
    });
  }

  it("caches no error of an API and does not replace it with the page", async () => {
    const { distribution } = await register({ apis: { "/api/orders*": { url: "https://a.example" } } });
    expect(distribution()).to.have.deep.property(
      "customErrorResponses",
      [500, 502, 503, 504].map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
    );
  });

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

  const wrong: [what: string, args: () => StaticSiteArgs, sentence: RegExp][] = [
    [
      "a build that was never made",
      () => ({ build: join(build, "dist") }),
      /`build` is ".*dist", which does not exist; it must have a built storefront; run: npm run build:web/,
    ],
    ["a build without a page", () => ({ build: join(build, "assets") }), /has no index\.html/],
    [
      "a path pattern with a blank",
      () => ({ build, apis: { "api orders": { url: "https://a.example" } } }),
      /`apis` has the path "api orders"; it must have path patterns/,
    ],
  ];
  wrong.push([
    "an API without an address",
    () => ({ build, apis: { "/api/orders*": { url: "orders" } } }),
    /`apis\["\/api\/orders\*"\]\.url` is "orders"; it must be an address/,
  ]);
  for (const [what, args, sentence] of wrong) {
    it(`refuses ${what} with one sentence`, () =>
      expectRefusal("StaticSite", () => new StaticSite("site", args()), sentence));
  }

  it("refuses a build with its own config.json", () => {
    writeIn(build, "config.json", "{}");
    return expectRefusal(
      "StaticSite",
      () => new StaticSite("site", { build }),
      /`build` is .*, which has a config\.json/,
    );
  });
});
