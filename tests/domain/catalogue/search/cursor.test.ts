import { expect } from "chai";
import fc from "fast-check";
import { decodeCursor, encodeCursor } from "../../../../domain/catalogue/search/cursor";
import { effectiveSort, type Position, type SearchRequest } from "../../../../domain/catalogue/search/searchQuery";

describe("a search cursor", () => {
  const request: fc.Arbitrary<SearchRequest> = fc.record(
    { q: fc.string({ maxLength: 20 }), brand: fc.array(fc.string()), sort: fc.constantFrom("price-asc", "relevance") },
    { requiredKeys: [] },
  );
  const skip = fc.record({ skip: fc.integer({ min: 1, max: 9_900 }) });
  const id = fc.string({ maxLength: 64 });
  /** A search and a possible end of one of its pages. */
  const found = request.chain((search): fc.Arbitrary<[SearchRequest, Position]> => {
    const sort = effectiveSort(search);
    if (sort === "relevance") return fc.tuple(fc.constant(search), skip);
    const value = sort === "name" ? fc.string({ maxLength: 300 }) : fc.maxSafeInteger();
    return fc.tuple(fc.constant(search), fc.tuple(fc.oneof(value, fc.constant(null)), id));
  });

  it("decodes what was encoded, for any page size", () => {
    fc.assert(
      fc.property(found, fc.constantFrom("exact" as const, "near" as const), ([search, after], matching) => {
        const cursor = encodeCursor({ ...search, size: 10 }, matching, after);
        expect(cursor).to.match(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor({ ...search, size: 20 }, cursor)).to.deep.equal({ matching, after });
      }),
    );
  });

  it("refuses a cursor of another search and any other text", () => {
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

  it("refuses a sort value that the engine would refuse", () => {
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

  it("refuses to skip further than the engine allows", () => {
    for (const skip of [0, -1, 9_901, 1e9, 1.5]) {
      expect(decodeCursor({}, encodeCursor({}, "exact", { skip })), String(skip)).to.equal(undefined);
    }
  });
});
