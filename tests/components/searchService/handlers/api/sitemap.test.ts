import type { Client } from "@opensearch-project/opensearch";
import { expect } from "chai";
import { createSitemap } from "../../../../../components/searchService/handlers/api/sitemap";
import { NO_RULES } from "../../../../../domain/catalogue/search/searchRules";
import { SITEMAP_STEP, SITEMAP_URLS } from "../../../../../domain/catalogue/sitemap";

const ORIGIN = "https://www.example.com";

/** An engine with this many products, whose ids sort like numbers, and one category. */
function engineWith(count: number) {
  const ids = Array.from({ length: count }, (_, n) => `p-${String(n).padStart(6, "0")}`);
  const bodies: Record<string, unknown>[] = [];
  const search = async ({ body }: { body: Record<string, unknown> }) => {
    bodies.push(body);
    if (body["aggs"]) {
      const category = { doc_count: count, values: { buckets: [{ key: "Kitchen", doc_count: count }] } };
      return { body: { hits: { hits: [] }, aggregations: { category } } };
    }
    const [after] = body["search_after"] as [string];
    const found = ids.filter((id) => id > after).slice(0, body["size"] as number);
    const hits = found.map((productId) => ({ _source: { productId, updatedAt: "2026-01-01T00:00:00.000Z" } }));
    return { body: { hits: { hits } } };
  };
  return { client: { search } as unknown as Client, ids, bodies };
}

const locationsOf = (xml = "") => [...xml.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, url]) => url!);

describe("createSitemap", () => {
  it("lists every product once in files of limited size, the landing page and categories in the first", async () => {
    const { client, ids } = engineWith(2 * SITEMAP_URLS + 5);
    const sitemap = createSitemap({ client });
    const files = locationsOf((await sitemap(ORIGIN, undefined)).body);
    expect(files).to.deep.equal([
      `${ORIGIN}/sitemap.xml?after=`,
      `${ORIGIN}/sitemap.xml?after=${ids[SITEMAP_URLS - 1]}`,
      `${ORIGIN}/sitemap.xml?after=${ids[2 * SITEMAP_URLS - 1]}`,
    ]);
    const urls: string[][] = [];
    for (const file of files) {
      urls.push(locationsOf((await sitemap(ORIGIN, new URL(file).searchParams.get("after")!)).body));
    }
    const pages = [`${ORIGIN}/`, `${ORIGIN}/?category=Kitchen`];
    expect(urls.map(({ length }) => length)).to.deep.equal([SITEMAP_URLS + pages.length, SITEMAP_URLS, 5]);
    expect(urls.flat().filter((url) => !pages.includes(url))).to.deep.equal(
      ids.map((id) => `${ORIGIN}/products/${id}`),
    );
    expect(urls[0]!.slice(0, 2)).to.deep.equal(pages);
  }).timeout(20_000);

  it("has no empty file if products fill the last one, and one file without products", async () => {
    const { client } = engineWith(SITEMAP_URLS);
    expect(locationsOf((await createSitemap({ client })(ORIGIN, undefined)).body)).to.have.length(1);
    const empty = createSitemap(engineWith(0));
    expect(locationsOf((await empty(ORIGIN, undefined)).body)).to.deep.equal([`${ORIGIN}/sitemap.xml?after=`]);
  });

  it("reads no more than the engine allows at once, and no hidden products", async () => {
    const { client, bodies } = engineWith(SITEMAP_STEP + 1);
    const rules = async () => ({ ...NO_RULES, hidden: ["p-000001"] });
    await createSitemap({ client, rules })(ORIGIN, undefined);
    expect(bodies.map(({ size }) => size)).to.deep.equal([SITEMAP_STEP, SITEMAP_STEP]);
    for (const body of bodies)
      expect(JSON.stringify(body)).to.include('"must_not":[{"terms":{"productId":["p-000001"]}}]');
  });
});
