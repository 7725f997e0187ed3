import { expect } from "chai";
import fc from "fast-check";
import { type ChangeContext, contentOf, decideDelete, decidePut } from "../../../domain/catalogue/change";
import { decodeCursor, encodeCursor } from "../../../domain/catalogue/cursor";
import { catalogueApi } from "../../../domain/catalogue/openapi";
import { formatPriceRange, parsePriceRange, priceBounds } from "../../../domain/catalogue/priceRange";
import { isLive, type Product } from "../../../domain/catalogue/product";
import { attributeTerm, toDocument } from "../../../domain/catalogue/searchIndex";
import {
  effectiveSort,
  type Position,
  type SearchRequest,
  searchBody,
  suggestBody,
} from "../../../domain/catalogue/searchQuery";
import { toAnswer, toSuggestions } from "../../../domain/catalogue/searchResult";
import { checkContent, checkProduct } from "../../../domain/catalogue/validation";
import { validator } from "../../../domain/http";
import { product } from "../../kit/searchFakes";

const here: ChangeContext = { region: "us-east-1", now: "2026-11-05T00:00:00.000Z" };

describe("a change of a product", () => {
  it("never goes back in versions, never moves a product's home, and is only decided upon what was seen", () => {
    const names = fc.constantFrom("Kettle", "Big Kettle", "Small Kettle");
    const step = fc.record({
      name: names,
      remove: fc.boolean(),
      expected: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 6 })),
      region: fc.constantFrom("us-east-1", "us-west-2"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let current: Product | undefined;
        for (const { name, remove, expected, region } of steps) {
          const context = { ...here, region };
          const decision = remove
            ? decideDelete(current, expected, context)
            : decidePut("a", contentOf(product("a", { name })), current, expected, context);
          if (decision.kind !== "write") continue;
          expect(decision.replaces).to.equal(current?.version);
          expect(decision.product.version).to.equal((current?.version ?? 0) + 1);
          expect(decision.product.homeRegion).to.equal(current?.homeRegion ?? region);
          expect(region).to.equal(decision.product.homeRegion);
          if (current && isLive(current)) expect(expected).to.equal(current.version);
          current = decision.product;
        }
      }),
    );
  });

  it("is nothing when it is repeated", () => {
    const content = contentOf(product("a", { name: "Kettle" }));
    fc.assert(
      fc.property(fc.constantFrom(undefined, 0, "any" as const), (expected) => {
        const first = decidePut("a", content, undefined, expected, here);
        expect(first.kind).to.equal("write");
        const stored = first.kind === "write" ? first.product : undefined;
        expect(decidePut("a", content, stored, expected, here)).to.deep.equal({ kind: "unchanged", product: stored });
      }),
    );
  });
});

describe("a search cursor", () => {
  const request: fc.Arbitrary<SearchRequest> = fc.record(
    { q: fc.string({ maxLength: 20 }), brand: fc.array(fc.string()), sort: fc.constantFrom("price-asc", "relevance") },
    { requiredKeys: [] },
  );
  const skip = fc.record({ skip: fc.integer({ min: 1, max: 9_900 }) });
  const id = fc.string({ maxLength: 64 });
  /** A search, and where a page of it may end. */
  const found = request.chain((search): fc.Arbitrary<[SearchRequest, Position]> => {
    const sort = effectiveSort(search);
    if (sort === "relevance") return fc.tuple(fc.constant(search), skip);
    const value = sort === "name" ? fc.string({ maxLength: 300 }) : fc.maxSafeInteger();
    return fc.tuple(fc.constant(search), fc.tuple(fc.oneof(value, fc.constant(null)), id));
  });

  it("comes back as it was given, for any page size", () => {
    fc.assert(
      fc.property(found, fc.constantFrom("exact" as const, "near" as const), ([search, after], matching) => {
        const cursor = encodeCursor({ ...search, size: 10 }, matching, after);
        expect(cursor).to.match(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor({ ...search, size: 20 }, cursor)).to.deep.equal({ matching, after });
      }),
    );
  });

  it("is refused for another search, and whatever else is sent", () => {
    const cursor = encodeCursor({ q: "kettle" }, "exact", { skip: 10 });
    expect(decodeCursor({ q: "kettles" }, cursor)).to.equal(undefined);
    expect(decodeCursor({ q: "kettle", brand: ["Arden"] }, cursor)).to.equal(undefined);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString("base64url")),
        ),
        (text) => {
          expect(decodeCursor({}, text)).to.equal(undefined);
        },
      ),
    );
  });

  it("is refused with a sort value that the engine would refuse", () => {
    const wrong: [SearchRequest, Position][] = [
      [{ sort: "price-asc" }, ["text", "kettle-1"]],
      [{ sort: "price-asc" }, [1e300, "kettle-1"]],
      [{ sort: "newest" }, [1.5, "kettle-1"]],
      [{ sort: "name" }, [7, "kettle-1"]],
      [{ sort: "name" }, ["\ud800", "kettle-1"]],
      [{ sort: "name" }, ["kettle", 7]],
      [{ sort: "name" }, ["kettle", null]],
      [{ q: "kettle" }, ["kettle", "kettle-1"]],
    ];
    for (const [search, after] of wrong) {
      expect(decodeCursor(search, encodeCursor(search, "exact", after)), JSON.stringify(after)).to.equal(undefined);
    }
    const infinite = encodeCursor({ sort: "price-asc" }, "exact", [7, "kettle-1"]);
    const text = Buffer.from(infinite, "base64url").toString().replace("[7,", "[1e999,");
    expect(decodeCursor({ sort: "price-asc" }, Buffer.from(text).toString("base64url"))).to.equal(undefined);
  });

  it("can't make the engine skip further than it may", () => {
    for (const skip of [0, -1, 9_901, 1e9, 1.5]) {
      expect(decodeCursor({}, encodeCursor({}, "exact", { skip })), String(skip)).to.equal(undefined);
    }
  });
});

describe("a price range", () => {
  it("is written and read back", () => {
    const bound = fc.option(fc.integer({ min: 0, max: 100_000_000 }), { nil: undefined });
    fc.assert(
      fc.property(bound, bound, (from, to) => {
        fc.pre(from !== undefined || to !== undefined);
        const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
        expect(parsePriceRange(formatPriceRange(range))).to.deep.equal(range);
      }),
    );
  });

  it("is nothing for what is none", () => {
    for (const text of ["", "-", "10", "a-b", "1-2-3", "-1-2", "1.5-2"])
      expect(parsePriceRange(text), text).to.equal(undefined);
  });

  it("of the facet leaves no gap", () => {
    const bounds = priceBounds();
    expect(bounds[0]?.from).to.equal(0);
    expect(bounds.at(-1)?.to).to.equal(undefined);
    bounds.slice(1).forEach(({ from }, before) => {
      expect(from).to.equal(bounds[before]?.to);
    });
  });
});

describe("a search's body", () => {
  it("never asks for more than a page of a hundred, nor for more words than twelve", () => {
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
        expect(suggestBody(q, size, "exact")["size"]).to.be.at.most(40);
      }),
    );
  });

  it("uses no query language in which a caller could write", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { maxLength: 3 }), (q, brand) => {
        const text = JSON.stringify(searchBody({ q, brand, attribute: ["colour=red"] }, "near"));
        expect(text).not.to.match(/"(query_string|simple_query_string|script|wildcard|regexp|prefix)":/);
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

  it("sorts by name when there is nothing to be relevant to", () => {
    expect(effectiveSort({})).to.equal("name");
    expect(effectiveSort({ q: " " })).to.equal("name");
    expect(effectiveSort({ q: "kettle" })).to.equal("relevance");
    expect(effectiveSort({ sort: "price-asc" })).to.equal("price-asc");
  });
});

describe("an answer", () => {
  const hits = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ _source: product(`p${n}`), sort: ["name", `p${n}`] }));

  it("has a cursor exactly when a page is full", () => {
    expect(toAnswer({ size: 3 }, "exact", { hits: { hits: hits(3) } }).cursor).to.be.a("string");
    expect(toAnswer({ size: 3 }, "exact", { hits: { hits: hits(2) } }).cursor).to.equal(undefined);
    expect(toAnswer({ q: "x", size: 100 }, "exact", { hits: { hits: hits(100) } }, { skip: 9_900 }).cursor).to.equal(
      undefined,
    );
  });

  it("suggests a name once, however many products have it", () => {
    const same = [product("a", { name: "Kettle" }), product("b", { name: "kettle" }), product("c", { name: "Pan" })];
    const answer = { hits: { hits: same.map((_source) => ({ _source })) } };
    expect(toSuggestions(answer, 5).map(({ productId }) => productId)).to.deep.equal(["a", "c"]);
    expect(toSuggestions(answer, 1)).to.have.length(1);
  });
});

describe("a document of the index", () => {
  it("of a deleted product has its version and nothing to be found by", () => {
    const document = toDocument(product("a", { version: 7, deletedAt: here.now }));
    expect(document).to.deep.equal({ productId: "a", version: 7, live: false, deletedAt: here.now });
  });

  it("has one term an attribute, as the filter writes it", () => {
    const document = toDocument(
      product("a", { name: " Émile's Pan", attributes: { colour: "red", litres: 1.5, safe: false } }),
    );
    expect(document).to.deep.include({
      attributeTerms: ["colour=red", "litres=1.5", "safe=false"],
      sortName: "emile's pan",
    });
    expect(attributeTerm("colour", "red")).to.equal("colour=red");
  });
});

describe("checking", () => {
  it("accepts a product and says of another what is wrong, in words", () => {
    expect(checkProduct(product("a")).ok).to.equal(true);
    expect(checkContent({ ...contentOf(product("a")), availability: "soon", colour: "red" })).to.deep.equal({
      ok: false,
      reasons: [
        'the product must not have "colour"',
        "availability must be one of in-stock, out-of-stock, discontinued",
      ],
    });
    expect(checkProduct({ productId: "a" }).ok).to.equal(false);
    expect(checkProduct("nonsense").ok).to.equal(false);
  });

  it("lets another release's attributes of an item pass", () => {
    expect(checkProduct({ ...product("a"), shelf: "B7" }).ok).to.equal(true);
  });
});

describe("the catalogue's document", () => {
  it("has a check for each of its operations", () => {
    const operations = Object.values(catalogueApi.paths).flatMap((methods) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId)).to.have.members([
      "searchProducts",
      "suggestProducts",
      "getProduct",
      "putProduct",
      "deleteProduct",
      "catalogueHealth",
      "catalogueDocument",
    ]);
    for (const { operationId } of operations) expect(() => validator(catalogueApi, operationId)).not.to.throw();
  });
});
