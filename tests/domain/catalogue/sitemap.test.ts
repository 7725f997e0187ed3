import { expect } from "chai";
import { sitemapBody, toSitemap, toSitemapIndex } from "../../../domain/catalogue/sitemap";

const ORIGIN = "https://www.example.com";

describe("toSitemap", () => {
  it("lists products with their last change, and pages in the first file", () => {
    const products = [{ productId: "p-1", updatedAt: "2026-11-01T00:00:00.000Z" }];
    const first = toSitemap(ORIGIN, { products, isFirst: true, categories: ["Kitchen & Bath"] });
    expect(first).to.include(
      "<url><loc>https://www.example.com/products/p-1</loc><lastmod>2026-11-01T00:00:00.000Z</lastmod></url>",
    );
    expect(first).to.include("<loc>https://www.example.com/</loc>");
    expect(first).to.include("<loc>https://www.example.com/?category=Kitchen+%26+Bath</loc>");
    expect(toSitemap(ORIGIN, { products })).not.to.include("<loc>https://www.example.com/</loc>");
  });

  it("escapes markup", () => {
    const products = [{ productId: "<a>&'", updatedAt: "<" }];
    expect(toSitemap(ORIGIN, { products })).to.include(
      "<loc>https://www.example.com/products/%3Ca%3E%26&#39;</loc><lastmod>&lt;</lastmod>",
    );
  });
});

describe("toSitemapIndex", () => {
  it("names a file for each start", () => {
    expect(toSitemapIndex(ORIGIN, ["", "p&1"])).to.include(
      "<sitemap><loc>https://www.example.com/sitemap.xml?after=</loc></sitemap>\n" +
        "<sitemap><loc>https://www.example.com/sitemap.xml?after=p%261</loc></sitemap>",
    );
  });
});

describe("sitemapBody", () => {
  it("leaves out hidden products", () => {
    expect(sitemapBody("p-1", { hidden: ["p-2"] })).to.deep.include({
      search_after: ["p-1"],
      query: { bool: { filter: [{ term: { live: true } }], must_not: [{ terms: { productId: ["p-2"] } }] } },
    });
  });
});
