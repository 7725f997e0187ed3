import { expect } from "chai";
import { SYNONYMS } from "../../../../domain/catalogue/search/synonyms";

describe("SYNONYMS", () => {
  const rules = SYNONYMS.map((rule) => rule.split(/, | => /));

  it("are rules of at least two terms in lower case", () => {
    for (const [index, terms] of rules.entries()) {
      expect(terms.length, SYNONYMS[index]).to.be.at.least(2);
      for (const term of terms) expect(term, SYNONYMS[index]).to.match(/^[a-z]+([ -][a-z]+)*$/);
    }
  });

  it("have each term in one rule only, because two rules would make their terms equal", () => {
    const terms = rules.flat();
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).to.deep.equal([]);
  });
});
