import { rmSync } from "node:fs";
import { expect } from "chai";
import { PAGE_HEADER } from "../../../../components/runtime/pageHeader";
import { EdgeCache } from "../../../../local/aws/edge/cache";
import { type Distribution, distributionsOf } from "../../../../local/aws/edge/distribution";
import { type EdgeRequest, type EdgeResponse, OriginFailure } from "../../../../local/aws/edge/exchange";
import { type Origins, respond } from "../../../../local/aws/edge/respond";
import { makeBuild, registerSite } from "../../../kit/siteStand";

/** The program's own distribution as the edge serves it, with a function that renders pages and a bucket that a test controls. */
describe("rendered pages behind the edge", () => {
  let distribution: Distribution;
  let render: (page: string) => EdgeResponse;
  let rendered: string[];
  let files: string[];
  let now: number;

  before(async () => {
    const build = makeBuild();
    const pages = { url: "https://api.example", paths: ["/", "/products/*"], parameters: ["q"] };
    const { deployed } = await registerSite({
      build,
      rendered: pages,
      apis: { "/api/orders*": { url: "https://api.example" } },
    });
    [distribution] = distributionsOf([{ resources: deployed }], () => undefined) as [Distribution];
    rmSync(build, { recursive: true });
  });

  beforeEach(() => {
    [rendered, files, now] = [[], [], 0];
    render = (page) =>
      answer(200, page, "public, max-age=0, s-maxage=60, stale-while-revalidate=60, stale-if-error=86400");
  });

  const answer = (status: number, text: string, caching = "no-cache"): EdgeResponse => ({
    status,
    headers: { "cache-control": caching, "content-length": String(text.length) },
    body: Buffer.from(text),
  });

  const origins = (cache?: EdgeCache): Origins => ({
    cache,
    buckets: {
      async fetch(origin, _, { uri }) {
        files.push(`${origin.originId} ${uri}`);
        return answer(200, "the plain page");
      },
    },
    web: {
      async fetch(_, __, { uri, headers }) {
        if (uri.startsWith("/api/")) return answer(200, "an order");
        const page = String(headers[PAGE_HEADER]).replace(/^https:\/\/[^/]+/, "");
        rendered.push(page);
        return render(page);
      },
    },
  });

  async function get(path: string, to: Origins): Promise<string> {
    const [uri = "", query = ""] = path.split("?");
    const request: EdgeRequest = {
      method: "GET",
      uri,
      query,
      headers: { host: "www.example.com" },
      body: Buffer.alloc(0),
      viewerIp: "127.0.0.1",
      requestId: "r",
    };
    const { status, body } = await respond(distribution, request, to, () => undefined);
    return `${status} ${Buffer.isBuffer(body) ? body : Buffer.concat((await body.toArray()) as Buffer[])}`;
  }

  const FAILURES: Record<string, () => EdgeResponse> = {
    fails: () => answer(503, "{}"),
    "is throttled": () => answer(429, "{}"),
    "does not answer in time": () => {
      throw new OriginFailure(504, "The origin did not respond in time.");
    },
    "can't be reached": () => {
      throw new OriginFailure(502, "No connection.");
    },
  };
  for (const [failure, fail] of Object.entries(FAILURES)) {
    it(`are the plain page where only the function that renders them ${failure}`, async () => {
      render = fail;
      expect(await get("/", origins())).to.equal("200 the plain page");
      expect(await get("/products/p-1", origins())).to.equal("200 the plain page");
      expect(files).to.deep.equal(["site /index.html", "site /index.html"]);
      expect(await get("/api/orders/1", origins())).to.equal("200 an order");
    });
  }

  it("keep the function's 404, because an unknown product is no failure", async () => {
    render = () => answer(404, "Product not found");
    expect(await get("/products/none", origins())).to.equal("404 Product not found");
    expect(files).to.deep.equal([]);
  });

  it("are never the plain page in place of the sitemap", async () => {
    render = FAILURES["fails"]!;
    expect(await get("/sitemap.xml", origins())).to.match(/^503/);
    expect(files).to.deep.equal([]);
  });

  it("come from CloudFront's copies, one for each address that a page depends on", async () => {
    const copies = origins(new EdgeCache(() => now));
    for (const path of ["/?q=kettle", "/?q=kettle&utm_source=mail", "/?q=lamp", "/products/p-1", "/products/p-1"]) {
      await get(path, copies);
    }
    expect(rendered).to.deep.equal(["/?q=kettle", "/?q=lamp", "/products/p-1"]);
  });

  it("are the plain page, not an old copy, while only the function fails, and come back with it", async () => {
    const copies = origins(new EdgeCache(() => now));
    await get("/", copies);
    const whole = render;
    render = FAILURES["fails"]!;
    now = 121_000;
    expect(await get("/", copies)).to.equal("200 the plain page");
    render = whole;
    expect(await get("/", copies)).to.equal("200 /");
  });
});
