import { type Client, errors } from "@opensearch-project/opensearch";
import { expect } from "chai";
import { createSearchApi } from "../../../../../components/searchService/handlers/api/searchApi";
import type { Dsl } from "../../../../../domain/catalogue/search/searchQuery";
import { product, request, silent } from "../../../../kit/searchFakes";

type Asked = { body: Dsl; preference?: string };

const failure = (statusCode: number, message = "failed") =>
  Object.assign(new errors.ResponseError({ statusCode, body: {}, headers: {}, meta: {} } as never), { message });

/** A service whose engine answers by this. */
function serviceOf(answer: (asked: Asked, count: number) => object) {
  const asked: Asked[] = [];
  const client = {
    search: async (search: Asked) => {
      asked.push(search);
      return { body: answer(search, asked.length) };
    },
  } as unknown as Client;
  const api = createSearchApi({ client, region: "us-east-1", log: silent });
  const get = async (path: string, query = "") => {
    const { statusCode, headers, body } = await api(request(`/api/catalogue/${path}`, { query }));
    return { code: statusCode, headers, ...JSON.parse(body!) };
  };
  return { asked, get };
}

const hits = (...ids: string[]) => ({
  hits: {
    total: { value: ids.length, relation: "eq" },
    hits: ids.map((id) => ({ _source: product(id), sort: [1, id] })),
  },
});

describe("createSearchApi", () => {
  it("answers 503 with a time to try again, without the reason", async () => {
    const { get } = serviceOf(() => {
      throw failure(400, "index products-7 is closed");
    });
    const answer = await get("search");
    expect(answer).to.include({ code: 503 });
    expect(answer.headers).to.include({ "retry-after": "3" });
    expect(JSON.stringify(answer)).to.not.contain("products-7");
  });

  it("asks a second time when the engine is overloaded, and not when it refuses", async () => {
    for (const [status, expected] of [
      [429, 2],
      [400, 1],
    ] as const) {
      const { get, asked } = serviceOf((_search, count) => {
        if (count === 1) throw failure(status);
        return hits("kettle");
      });
      await get("search");
      expect(asked, `after ${status}`).to.have.length(expected);
    }
  });

  it("finds nothing before the first product is indexed, and is healthy", async () => {
    const { get } = serviceOf(() => {
      throw failure(404);
    });
    expect(await get("search")).to.deep.include({ code: 200, products: [] });
    expect(await get("health")).to.include({ code: 200, region: "us-east-1" });
  });

  it("is unhealthy while searches fail", async () => {
    const { get } = serviceOf(() => {
      throw failure(503);
    });
    expect(await get("health")).to.include({ code: 503 });
  });

  it("takes each variant for a product of its own in an index that has no groups yet", async () => {
    const { get, asked } = serviceOf(({ body }) => {
      if (body["collapse"]) throw failure(400, "no mapping found for `tile` in order to collapse on");
      return hits("kettle");
    });
    const { products } = await get("search", "variants=one");
    expect(products).to.have.length(1);
    expect(asked[0]!.body).to.have.property("collapse");
    expect(asked[1]!.body).to.not.have.property("collapse");
  });

  it("reads every page of a search from the same copy of the index", async () => {
    const { get, asked } = serviceOf(() => hits("kettle"));
    const queries = ["brand=Arden", "brand=Arden", "brand=Other"];
    for (const query of queries) await get("search", query);
    const [first, second, other] = asked.map(({ preference }) => preference);
    expect(first).to.be.a("string").and.equal(second).and.not.equal(other);
  });

  it("refuses a cursor that it did not issue, and asks the engine nothing", async () => {
    const { get, asked } = serviceOf(() => hits());
    expect((await get("search", "cursor=abc")).code).to.equal(400);
    expect(asked).to.deep.equal([]);
  });

  it("suggests nothing for an empty text without asking the engine", async () => {
    const { get, asked } = serviceOf(() => hits("kettle"));
    expect(await get("suggest", "q=%20")).to.deep.include({ code: 200, suggestions: [] });
    expect(asked).to.deep.equal([]);
  });

  it("suggests close matches only if nothing matches as typed", async () => {
    const { get, asked } = serviceOf((_search, count) => (count === 1 ? hits() : hits("kettle")));
    const { suggestions } = await get("suggest", "q=ketle");
    expect(suggestions).to.have.length(1);
    expect(asked).to.have.length(2);
  });
});
