import { join } from "node:path";
import { expect } from "chai";
import type { RenderPage } from "../../components/searchService";
import { product } from "../kit/searchFakes";

// Written by `npm run build:web`.
const { renderPage } = require(join(__dirname, "..", "..", "web", "renderer", "dist", "renderPage.js")) as {
  renderPage: RenderPage;
};

const KETTLE = product("p-1", { name: 'Kettle <b>&"$&', description: "</script><script>alert(1)</script>" });
const ORIGIN = "https://www.example.com";

async function read(path: string): Promise<{ status: number; body: unknown }> {
  if (path === "/api/catalogue/products/p-1") return { status: 200, body: KETTLE };
  if (path.startsWith("/api/catalogue/products/")) return { status: 404, body: {} };
  const facets = { category: [{ value: "Kitchen", count: 1 }], brand: [], availability: [], price: [], attributes: {} };
  return { status: 200, body: { products: [KETTLE], total: { count: 1, orMore: false }, matching: "exact", facets } };
}

const open = (path: string) => renderPage({ url: ORIGIN + path, read });

describe("renderPage", () => {
  it("shows a product's content, and describes it", async () => {
    const { status, html } = await open("/products/p-1");
    expect(status).to.equal(200);
    expect(html).to.include("<h1>Kettle &lt;b&gt;&amp;&quot;$&amp;</h1>").and.include("$19.90");
    expect(html).to.include("<title>Kettle &lt;b&gt;&amp;&quot;$&amp; – stayopen</title>");
    expect(html).to.include('<link rel="canonical" href="https://www.example.com/products/p-1"');
    expect(html).to.include('property="og:type" content="product"');
    expect(html).to.include('"@type":"Product"').and.include('"@type":"BreadcrumbList"');
    expect(html).to.match(/<a [^>]*href="\/\?category=Kitchen"/);
    expect(html.match(/name="description"/g)).to.have.length(1);
  });

  it("offers the variants of a product", async () => {
    const variants = ["black", "white"].map((colour) =>
      product(`pot-${colour}`, { name: `Pot, ${colour}`, group: "pot", attributes: { colour } }),
    );
    const { html } = await renderPage({
      url: `${ORIGIN}/products/pot-black`,
      read: async (path) => {
        if (path.endsWith("/pot-black")) return { status: 200, body: variants[0] };
        const ofGroup = new URL(path, ORIGIN).searchParams.get("group") === "pot";
        return { status: 200, body: { products: ofGroup ? variants : [], matching: "exact" } };
      },
    });
    expect(html).to.match(/<legend>Colour<\/legend>.*type="radio".*black.*type="radio".*white/s);
  });

  it("never lets a product's texts become markup", async () => {
    const { html } = await open("/products/p-1");
    expect(html).not.to.include("<script>").and.not.include("<b>");
    const types = [...html.matchAll(/<script [^>]*type="([^"]+)"/g)].map(([, type]) => type);
    expect(new Set(types)).to.deep.equal(new Set(["module", "application/json", "application/ld+json"]));
  });

  it("answers an unknown product and an unknown page with 404 and the page that says so", async () => {
    for (const path of ["/products/p-2", "/products/", "/products/a/b"]) {
      const { status, html } = await open(path);
      expect(status, path).to.equal(404);
      expect(html, path).to.include('content="noindex"').and.include("not found").and.include('href="/"');
    }
  });

  it("shows the landing page and a category with their products", async () => {
    const landing = await open("/");
    expect(landing.html)
      .to.include('href="/products/p-1"')
      .and.include('rel="canonical" href="https://www.example.com/"');
    const category = await open("/?category=Kitchen");
    expect(category.html).to.include('rel="canonical" href="https://www.example.com/?category=Kitchen"');
    expect(category.html)
      .to.include('href="/products/p-1"')
      .and.match(/<title>[^<]*Kitchen[^<]*<\/title>/);
  });

  it("lets the landing page stand for the results of words", async () => {
    expect((await open("/?q=kettle")).html).to.include('rel="canonical" href="https://www.example.com/"');
  });

  it("fails if the catalogue fails", async () => {
    const failing = renderPage({ url: `${ORIGIN}/products/p-1`, read: async () => ({ status: 500, body: {} }) });
    expect(
      await failing.then(
        () => "rendered",
        (error: Error) => error.message,
      ),
    ).to.match(/answered 500/);
  });
});
