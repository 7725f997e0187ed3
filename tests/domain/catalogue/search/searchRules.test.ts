import { expect } from "chai";
import { searchBody, suggestBody } from "../../../../domain/catalogue/search/searchQuery";
import { NO_RULES, pinnedTo, type SearchRules, spellingsOf } from "../../../../domain/catalogue/search/searchRules";

const rules = (some: Partial<SearchRules>): SearchRules => ({ ...NO_RULES, ...some });

describe("pinnedTo", () => {
  const pinned = rules({ pins: [{ query: "Café table", productIds: ["b", "a"] }] });

  it("finds the pins of a query without case, accents and stop words", () => {
    for (const query of ["cafe table", "the CAFÉ  table!", "table"]) {
      const found = pinnedTo(query.split(/\s+/), pinned);
      expect(found, query).to.deep.equal(query === "table" ? [] : ["b", "a"]);
    }
  });

  it("pins nothing to a query without words", () => {
    expect(pinnedTo([], rules({ pins: [{ query: "!", productIds: ["a"] }] }))).to.deep.equal([]);
  });
});

describe("spellingsOf", () => {
  it("replaces phrases by their synonyms, and keeps the typed words first", () => {
    const synonyms = rules({ synonyms: ["couch, settee", "tee => t shirt"] });
    expect(spellingsOf(["Red", "Couch"], synonyms)).to.deep.equal([
      ["Red", "Couch"],
      ["red", "settee"],
    ]);
    expect(spellingsOf(["tee"], synonyms)).to.deep.equal([["tee"], ["t", "shirt"]]);
    expect(spellingsOf(["shirt"], synonyms)).to.deep.equal([["shirt"]]);
  });

  it("replaces whole words only, and makes at most four spellings", () => {
    expect(spellingsOf(["couches"], rules({ synonyms: ["couch, settee"] }))).to.have.length(1);
    expect(spellingsOf(["a1"], rules({ synonyms: ["a1, b1, c1, d1, e1, f1"] }))).to.have.length(4);
  });
});

interface Clause {
  constant_score?: { filter: object; boost: number };
  dis_max?: object;
}

/** The parts of a query that the rules change. */
interface TextQuery {
  must: object[];
  must_not?: object[];
  should: Clause[];
}

const boolOf = (query: unknown) => (query as { bool: TextQuery }).bool;
const textOf = (body: Record<string, unknown>) => boolOf(boolOf(body["query"]).must[0]);

describe("search rules in a query", () => {
  const all = rules({
    pins: [{ query: "kettle", productIds: ["first", "second"] }],
    boosts: [{ field: "brand", value: "Arden", weight: 4 }],
    hidden: ["secret"],
    synonyms: ["kettle, boiler"],
  });

  it("leaves hidden products out of results, facets and suggestions", () => {
    for (const body of [
      searchBody({}, "exact", undefined, all),
      searchBody({ q: "kettle" }, "near", undefined, all),
      suggestBody({ q: "ket" }, 8, "exact", all),
    ]) {
      expect(boolOf(body["query"]).must_not).to.deep.equal([{ terms: { productId: ["secret"] } }]);
    }
  });

  it("admits pinned products and ranks them in their order, before all others", () => {
    const { must, should } = textOf(searchBody({ q: "kettle" }, "near", undefined, all));
    expect(JSON.stringify(must)).to.contain('{"terms":{"productId":["first","second"]}}');
    const boosts = new Map(
      should.flatMap(({ constant_score: one }) => (one ? [[JSON.stringify(one.filter), one.boost]] : [])),
    );
    const take = (filter: object) => {
      const key = JSON.stringify(filter);
      const boost = boosts.get(key) ?? 0;
      boosts.delete(key);
      return boost;
    };
    const [first, second] = [take({ term: { productId: "first" } }), take({ term: { productId: "second" } })];
    expect(first).to.be.greaterThan(second);
    expect(second).to.be.greaterThan(Math.max(...boosts.values()) * 5);
    expect(take({ term: { brand: "Arden" } })).to.equal(4);
  });

  it("asks for each spelling, and scores by the best one", () => {
    const { must, should } = textOf(searchBody({ q: "kettle" }, "exact", undefined, all));
    expect(JSON.stringify(must)).to.contain('"query":"boiler"');
    expect(should.filter(({ dis_max }) => dis_max)).to.have.length(2);
  });

  it("changes nothing of a query that they do not name", () => {
    const unrelated = rules({ pins: all.pins, synonyms: all.synonyms });
    expect(searchBody({ q: "mug" }, "near", undefined, unrelated)).to.deep.equal(searchBody({ q: "mug" }, "near"));
  });
});
