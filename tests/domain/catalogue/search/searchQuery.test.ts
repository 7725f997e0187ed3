import { expect } from "chai";
import fc from "fast-check";
import { effectiveSort, searchBody, suggestBody } from "../../../../domain/catalogue/search/searchQuery";

describe("searchBody", () => {
  it("requests at most a hundred products and twelve words", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), fc.integer({ min: 1, max: 10_000 }), (q, size) => {
        for (const matching of ["exact", "near"] as const) {
          const body = searchBody({ q, size }, matching);
          expect(body["size"]).to.be.at.most(100);
          const queries = [...JSON.stringify(body).matchAll(/"query":("(?:[^"\\]|\\.)*")/g)].map(
            ([, text]) => JSON.parse(text!) as string,
          );
          for (const query of queries) {
            expect(query.length).to.be.at.most(200);
            expect(query.split(/\s+/).length).to.be.at.most(12);
          }
        }
        expect(suggestBody({ q }, size, "exact")["size"]).to.be.at.most(40);
      }),
    );
  });

  it("uses no query that interprets the caller's text", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { maxLength: 3 }), (q, brand) => {
        const text = JSON.stringify(searchBody({ q, brand, attribute: ["colour=red"] }, "near"));
        expect(text).not.to.match(/"(query_string|simple_query_string|script|wildcard|regexp|prefix)":/);
      }),
    );
  });

  it("names aggregations without the characters that the engine refuses, whatever is searched for", () => {
    const word = fc.stringMatching(/^[[\]>a-z]{0,4}[a-z][[\]>]{0,3}$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        const { aggs } = searchBody({ q: words.join(" ") }, "near") as { aggs: Record<string, unknown> };
        expect(Object.keys(aggs).filter((name) => /[[\]>]/.test(name))).to.deep.equal([]);
      }),
    );
  });

  it("counts facets on the first page only", () => {
    expect(searchBody({}, "exact")).to.have.property("aggs");
    expect(searchBody({}, "exact", { skip: 24 }))
      .to.include({ from: 24 })
      .and.not.have.property("aggs");
    expect(searchBody({}, "exact", ["a", "b"]))
      .to.deep.include({ search_after: ["a", "b"] })
      .and.not.have.property("aggs");
  });

  it("sorts by name without text", () => {
    expect(effectiveSort({})).to.equal("name");
    expect(effectiveSort({ q: " " })).to.equal("name");
    expect(effectiveSort({ q: "kettle" })).to.equal("relevance");
    expect(effectiveSort({ sort: "price-asc" })).to.equal("price-asc");
  });
});
