import { Readable } from "node:stream";
import { expect } from "chai";
import { EdgeCache } from "../../../../local/aws/edge/cache";
import type { EdgeRequest, EdgeResponse } from "../../../../local/aws/edge/exchange";
import { Policies } from "../../../../local/aws/edge/policies";

/** The policy of rendered pages, as the program declares it. */
const pagePolicy = {
  type: "aws:cloudfront/cachePolicy:CachePolicy",
  name: "pages",
  id: "pages",
  inputs: {
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 86_400,
    parametersInCacheKeyAndForwardedToOrigin: {
      cookiesConfig: { cookieBehavior: "none" },
      headersConfig: { headerBehavior: "whitelist", headers: { items: ["X-Page"] } },
      queryStringsConfig: { queryStringBehavior: "none" },
    },
  },
  outputs: {},
};
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const policies = new Policies([pagePolicy as never]);
const PAGE = "public, max-age=0, s-maxage=60, stale-while-revalidate=60, stale-if-error=86400";

/** An edge before an origin whose answers a test sets, with a clock that a test moves. */
function edgeWith(policy: string, first: Partial<EdgeResponse> = {}) {
  const origin = { calls: [] as EdgeRequest[], answer: first };
  const clock = { seconds: 0 };
  const cache = new EdgeCache(() => clock.seconds * 1_000);
  const get = async (page: string, more: Partial<EdgeRequest> = {}) => {
    const response = await cache.answer({
      distribution: { id: "E1", errorResponses: [{ errorCode: 503, errorCachingMinTtl: 0 }] },
      behavior: { pathPattern: "*", cache: policies.cache(policy) },
      request: {
        method: "GET",
        uri: "/index.html",
        query: "",
        body: Buffer.alloc(0),
        viewerIp: "127.0.0.1",
        requestId: "r",
        ...more,
        headers: { "x-page": page, ...more.headers },
      },
      ask: async (request) => {
        origin.calls.push(request);
        const body = Buffer.from(`answer ${origin.calls.length}`);
        return { status: 200, headers: {}, body: Readable.from([body]), ...origin.answer };
      },
    });
    const { body, status, fromCopy, headers } = response;
    const chunks = Buffer.isBuffer(body) ? [body] : await body.toArray();
    return { text: Buffer.concat(chunks as Buffer[]).toString(), status, fromCopy, headers };
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { get, origin, clock, settle };
}

describe("the edge's copies", () => {
  it("answer until s-maxage, one for each value of the policy's headers", async () => {
    const { get, origin, clock } = edgeWith("pages", { headers: { "cache-control": PAGE } });
    expect(await get("/a")).to.include({ text: "answer 1", fromCopy: undefined });
    expect(await get("/b")).to.include({ text: "answer 2" });
    clock.seconds = 59;
    // Parameters and cookies are no part of the key.
    const again = await get("/a", { query: "utm=1", headers: { cookie: "a=b" } });
    expect(again).to.include({ text: "answer 1", fromCopy: "Hit" });
    expect(again.headers["age"]).to.equal("59");
    expect(origin.calls).to.have.length(2);
  });

  it("answer while they are renewed, once at a time, and no longer", async () => {
    const { get, origin, clock, settle } = edgeWith("pages", { headers: { "cache-control": PAGE } });
    await get("/a");
    clock.seconds = 61;
    const both = await Promise.all([get("/a"), get("/a")]);
    expect(both.map(({ text }) => text)).to.deep.equal(["answer 1", "answer 1"]);
    await settle();
    expect(origin.calls).to.have.length(2);
    expect((await get("/a")).text).to.equal("answer 2");
    clock.seconds = 61 + 121;
    expect(await get("/a")).to.include({ text: "answer 3", fromCopy: undefined });
  });

  it("answer for a day if the origin fails, and then its error", async () => {
    const { get, origin, clock } = edgeWith("pages", { headers: { "cache-control": PAGE } });
    await get("/a");
    origin.answer = { status: 503 };
    clock.seconds = 86_000;
    expect(await get("/a")).to.include({ text: "answer 1", status: 200, fromCopy: "Hit" });
    expect(origin.calls).to.have.length(2);
    clock.seconds = 86_461;
    expect((await get("/a")).status).to.equal(503);
    // The distribution keeps no 5xx.
    origin.answer = {};
    expect((await get("/a")).status).to.equal(200);
  });

  it("are kept for the policy's least time, if the origin allows none", async () => {
    const { get, clock } = edgeWith(CACHING_OPTIMIZED, { headers: { "cache-control": "no-cache" } });
    await get("/a");
    expect((await get("/a")).text).to.equal("answer 1");
    clock.seconds = 1;
    expect((await get("/a")).text).to.equal("answer 2");
    const page = edgeWith("pages", { headers: { "cache-control": "no-cache" } });
    await page.get("/a");
    expect((await page.get("/a")).text).to.equal("answer 2");
  });

  it("are kept for the policy's default time without Cache-Control, and a missing file for ten seconds", async () => {
    const files = edgeWith(CACHING_OPTIMIZED);
    await files.get("/a");
    files.clock.seconds = 86_399;
    expect((await files.get("/a")).text).to.equal("answer 1");
    const missing = edgeWith(CACHING_OPTIMIZED, { status: 404 });
    await missing.get("/a");
    missing.clock.seconds = 9;
    expect((await missing.get("/a")).text).to.equal("answer 1");
    missing.clock.seconds = 10;
    expect((await missing.get("/a")).text).to.equal("answer 2");
  });

  it("ask only whether they are the newest, and tell a browser so that has them", async () => {
    const headers = { "cache-control": "max-age=10", etag: '"1"' };
    const { get, origin, clock } = edgeWith(CACHING_OPTIMIZED, { headers });
    // A copy is for all: the viewer's own condition stays at the edge.
    expect((await get("/a", { headers: { "if-none-match": 'W/"1"' } })).status).to.equal(304);
    expect(origin.calls[0]!.headers).not.to.have.property("if-none-match");
    expect(await get("/a")).to.include({ text: "answer 1", status: 200, fromCopy: "Hit" });
    clock.seconds = 10;
    origin.answer = { status: 304, headers };
    expect(await get("/a")).to.include({ text: "answer 1", status: 200, fromCopy: "RefreshHit" });
    expect(origin.calls[1]!.headers["if-none-match"]).to.equal('"1"');
    clock.seconds = 19;
    expect(await get("/a")).to.include({ text: "answer 1", fromCopy: "Hit" });
  });

  it("are not made of writes, of parts of a file, and where the policy caches nothing", async () => {
    const api = edgeWith(CACHING_DISABLED, { headers: { "cache-control": "max-age=60" } });
    await api.get("/a");
    expect((await api.get("/a")).text).to.equal("answer 2");
    const files = edgeWith(CACHING_OPTIMIZED);
    await files.get("/a", { method: "POST" });
    await files.get("/a", { headers: { range: "bytes=0-1" } });
    expect((await files.get("/a")).text).to.equal("answer 3");
  });
});
