import { expect } from "chai";
import { PAGE_HEADER } from "../../../../../components/runtime/pageHeader";
import { createPagesApi, type PagesApiOptions } from "../../../../../components/searchService/handlers/api/pagesApi";
import { request, silent } from "../../../../kit/searchFakes";

const PAGE = "https://www.example.com/products/p%201?colour=red";

describe("createPagesApi", () => {
  const asked: string[] = [];
  beforeEach(() => asked.splice(0));

  const answerWith = (changes: Partial<PagesApiOptions>) =>
    createPagesApi({
      render: async ({ url }) => ({ status: 200, html: url }),
      search: async ({ rawPath, rawQueryString }) => {
        asked.push(`${rawPath}?${rawQueryString}`);
        return { statusCode: 200, body: '{"products":[]}' };
      },
      products: async ({ pathParameters }) => {
        asked.push(`product ${pathParameters?.["productId"]}`);
        return { statusCode: 404, body: "{}" };
      },
      sitemap: async (origin, after) => ({ statusCode: 200, body: `${origin} ${after}` }),
      log: silent,
      ...changes,
    });
  const page = (url: string | undefined, path = "/index.html") =>
    request(path, { headers: url === undefined ? {} : { [PAGE_HEADER]: url } });

  it("answers the page that CloudFront names, which CloudFront may keep and a browser may not", async () => {
    const { statusCode, headers, body } = await answerWith({})(page(PAGE));
    expect(statusCode).to.equal(200);
    expect(body).to.equal(PAGE);
    expect(headers).to.deep.include({ "content-type": "text/html; charset=utf-8" });
    expect(headers?.["cache-control"]).to.match(/max-age=0, s-maxage=60, .*stale-if-error/);
  });

  it("reads the APIs for a page without the caller's headers", async () => {
    const answer = answerWith({
      render: async ({ read }) => {
        const { status } = await read("/api/catalogue/products/p%2F1");
        const { body } = await read("/api/catalogue/search?q=a+b&category=x");
        return { status, html: JSON.stringify(body) };
      },
    });
    const { statusCode, headers, body } = await answer(page(PAGE));
    expect(asked).to.deep.equal(["product p/1", "/api/catalogue/search?q=a+b&category=x"]);
    expect([statusCode, body]).to.deep.equal([404, '{"products":[]}']);
    expect(headers?.["cache-control"]).to.equal("public, max-age=0, s-maxage=10");
  });

  it("answers 503 if a page can't be rendered, so that CloudFront takes the one of the bucket", async () => {
    const render = async () => {
      throw new Error("no table");
    };
    expect((await answerWith({ render })(page(PAGE))).statusCode).to.equal(503);
  });

  it("answers the sitemap below the origin of the address", async () => {
    const answer = answerWith({});
    const { body } = await answer(page("https://www.example.com/sitemap.xml?after=p-1", "/sitemap.xml"));
    expect(body).to.equal("https://www.example.com p-1");
  });

  it("refuses a request that names no page", async () => {
    expect((await answerWith({})(page(undefined))).statusCode).to.equal(400);
    expect((await answerWith({})(page("/products/p-1"))).statusCode).to.equal(400);
  });
});
