import { expect } from "chai";
import { textsOf } from "../../../../domain/order/texts/customerTexts";
import type { CustomerTexts } from "../../../../domain/order/texts/en";

/** All texts by their path; functions are called with their parameters' positions. */
function listTexts(part: object, path = ""): [path: string, text: string][] {
  return Object.entries(part).flatMap(([name, value]): [string, string][] => {
    const at = `${path}/${name}`;
    if (typeof value === "string") return [[at, value]];
    if (typeof value === "function") return [[at, value("§1", "§2", "§3", "§4")]];
    return listTexts(value, at);
  });
}

const placeholders = (text: string) => (text.match(/§\d/g) ?? []).toSorted();

describe("textsOf", () => {
  it("has each text in German, with the same values in it", () => {
    const german = new Map(listTexts(textsOf("de")));
    for (const [path, english] of listTexts(textsOf("en"))) {
      expect(placeholders(german.get(path) ?? ""), path).to.deep.equal(placeholders(english));
      if (/[a-z]{3}/.test(english)) expect(german.get(path), path).to.not.equal(english);
    }
  });

  it("is English for an order without a language, or with that of a later release", () => {
    const later = "fr" as Parameters<typeof textsOf>[0];
    const english: CustomerTexts = textsOf("en");
    expect([textsOf(), textsOf(later)]).to.deep.equal([english, english]);
  });
});
