import { expect } from "chai";
import sinon from "sinon";
import { FakePage } from "../../kit/fakePage";

/** The module is the page's, whose types this project does not have. */
interface CatalogueApiModule {
  toSearchParameters(address: string): URLSearchParams;
  searchProducts(parameters: URLSearchParams, cursor: string | undefined, signal: AbortSignal): Promise<object>;
  fetchProduct(productId: string, signal: AbortSignal): Promise<object>;
  fetchVariants(group: string, signal: AbortSignal): Promise<object[]>;
  fetchSuggestions(words: string, signal: AbortSignal): Promise<object[]>;
  toRowQuery(parameters: Record<string, string>): URLSearchParams;
  toggleFacetValue(parameters: URLSearchParams, facet: string, value: string): URLSearchParams;
}

describe("the page's calls of the catalogue", () => {
  let page: FakePage;
  let api: CatalogueApiModule;
  const { signal } = new AbortController();

  beforeEach(() => {
    page = new FakePage(() =>
      Response.json({ products: [{ productId: "kettle" }], suggestions: [{ text: "kettle" }] }),
    );
    api = page.open<CatalogueApiModule>("catalogue/catalogueApi.ts");
  });
  afterEach(() => sinon.restore());

  const paths = () => page.requests.map(({ path }) => path);

  it("pass on the API's parameters of an address, and no others", () => {
    const parameters = api.toSearchParameters("?q=tea+pot&category=Kitchen&utm_source=mail&category=Study");
    expect(String(parameters)).to.equal("q=tea+pot&category=Kitchen&category=Study");
  });

  it("escape what stands in a path or a query", async () => {
    await api.fetchProduct("a/b?c", signal);
    await api.searchProducts(new URLSearchParams({ q: "a&b" }), "next=", signal);
    expect(await api.fetchVariants("tea & pot", signal)).to.deep.equal([{ productId: "kettle" }]);
    expect(await api.fetchSuggestions("größe", signal)).to.deep.equal([{ text: "kettle" }]);
    expect(paths()).to.deep.equal([
      "/api/catalogue/products/a%2Fb%3Fc",
      "/api/catalogue/search?q=a%26b&cursor=next%3D",
      "/api/catalogue/search?group=tea+%26+pot&size=100",
      "/api/catalogue/suggest?q=gr%C3%B6%C3%9Fe",
    ]);
  });

  it("ask for one variant of each product that can be ordered, in a row", () => {
    expect(String(api.toRowQuery({ category: "Kitchen" }))).to.equal(
      "category=Kitchen&availability=in-stock&variants=one",
    );
  });

  it("add a facet's value or remove it, and keep the search as it was", () => {
    const search = new URLSearchParams("q=tea&brand=Quillon");
    const both = api.toggleFacetValue(search, "brand", "Ostro");
    expect(String(both)).to.equal("q=tea&brand=Quillon&brand=Ostro");
    expect(String(api.toggleFacetValue(both, "brand", "Quillon"))).to.equal("q=tea&brand=Ostro");
    expect(String(search)).to.equal("q=tea&brand=Quillon");
  });
});
