import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { StaticSite, type StaticSiteArgs } from "../../../../components/staticSite";
import { expectRefusal } from "../../../kit/refusals";
import {
  ALL_VIEWER_EXCEPT_HOST_HEADER,
  CACHING_DISABLED,
  makeBuild,
  registerSite,
  writeIn,
} from "../../../kit/siteStand";

describe("The distribution of a StaticSite", () => {
  let build: string;
  beforeEach(() => {
    build = makeBuild();
  });
  afterEach(() => rmSync(build, { recursive: true }));
  const register = (args: Omit<StaticSiteArgs, "build"> = {}) => registerSite({ build, ...args });
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

  for (const [what, args, sentence] of wrong) {
    it(`refuses ${what} with one sentence`, () =>
      expectRefusal("StaticSite", () => new StaticSite("site", args()), sentence));
  }
});
