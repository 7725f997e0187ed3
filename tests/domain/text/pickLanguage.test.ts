import { expect } from "chai";
import { pickLanguage } from "../../../domain/text/pickLanguage";

describe("pickLanguage", () => {
  for (const [header, language] of [
    [undefined, "en"],
    ["", "en"],
    ["de", "de"],
    ["DE-at", "de"],
    ["fr-CH, de-AT;q=0.8, en;q=0.5", "de"],
    ["de;q=0.5, en-GB", "en"],
    ["fr, es", "en"],
    ["de;q=0", "en"],
    [";;q=,,", "en"],
    ["*", "en"],
  ] as const) {
    it(`finds ${language} in ${header === undefined ? "no header" : `"${header}"`}`, () => {
      expect(pickLanguage(header)).to.equal(language);
    });
  }
});
