import { expect } from "chai";
import { queryWords } from "../../../../domain/catalogue/search/queryWords";
import { indexDefinition } from "../../../../domain/catalogue/search/searchIndex";
import {
  SEARCH_LANGUAGES,
  stopWordsOf,
  synonymFault,
  toSearchText,
} from "../../../../domain/catalogue/search/searchText";
import { SYNONYMS } from "../../../../domain/catalogue/search/synonyms";

describe("toSearchText", () => {
  it("has synonyms of its own in English only, and replaces them by given ones", () => {
    expect(toSearchText({})).to.deep.equal({ language: "english", synonyms: SYNONYMS });
    expect(toSearchText({ language: "german" }).synonyms).to.deep.equal([]);
    expect(toSearchText({ synonyms: [] }).synonyms).to.deep.equal([]);
  });
});

describe("stopWordsOf", () => {
  it("has lower-case words, each once, in every language", () => {
    for (const language of SEARCH_LANGUAGES) {
      const words = [...stopWordsOf(language)];
      expect(words.length, language).to.be.greaterThan(8);
      for (const word of words) expect(word, language).to.match(/^\p{Ll}+$/u);
    }
  });

  it("leaves a query's telling words", () => {
    expect(queryWords("eine Lampe für die Küche", "german")).to.deep.equal(["Lampe", "Küche"]);
    expect(queryWords("une lampe pour la cuisine", "french")).to.deep.equal(["lampe", "cuisine"]);
  });
});

describe("indexDefinition", () => {
  it("has the language's stemmer, and elisions only where the language has them", () => {
    const analysis = (language: "french" | "german") =>
      indexDefinition(0, toSearchText({ language })).settings.analysis as {
        filter: { stems: object };
        char_filter: object;
        analyzer: { words: { char_filter: string[] } };
      };
    expect(analysis("german").filter.stems).to.deep.equal({ type: "stemmer", language: "light_german" });
    expect(analysis("german").char_filter).not.to.have.property("elisions");
    expect(analysis("french").char_filter).to.have.property("elisions");
    expect(analysis("french").analyzer.words.char_filter).to.include("elisions");
  });
});

describe("synonymFault", () => {
  for (const [rule, fault] of [
    ["sofa, couch", undefined],
    ["color => colour", undefined],
    ["tv, telly => television", undefined],
    ["sofa", "has one term"],
    ["sofa,", "has an empty term"],
    ["sofa, -", "has an empty term"],
    ["=> sofa", "has an empty term"],
    ["a => b => c", 'has "=>" twice'],
  ] as const) {
    it(`of "${rule}" is ${fault ?? "none"}`, () => expect(synonymFault(rule)).to.equal(fault));
  }
});
