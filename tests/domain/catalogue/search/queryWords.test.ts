import { expect } from "chai";
import {
  compoundsOf,
  foldWords,
  forgivenEdits,
  joinPairs,
  joinWords,
  MAX_QUERY_LENGTH,
  pairsOf,
  queryWords,
  similarBeginnings,
} from "../../../../domain/catalogue/search/queryWords";
import { stopWordsOf } from "../../../../domain/catalogue/search/searchText";

describe("queryWords", () => {
  it("leaves out emoji, lone surrogates, and words that describe no product", () => {
    expect(queryWords("something for the 🏕️ kitchen \uD83E - kettle")).to.deep.equal(["kitchen", "kettle"]);
  });

  it("keeps stop words where there are no others", () => {
    expect(queryWords("the it")).to.deep.equal(["the", "it"]);
  });

  it("takes at most twelve words of a limited text", () => {
    expect(queryWords(Array.from({ length: 20 }, (_, index) => `w${index}`).join(" "))).to.have.length(12);
    expect(queryWords(`${" ".repeat(MAX_QUERY_LENGTH)}kettle`)).to.deep.equal([]);
  });
});

describe("joinWords", () => {
  const cases: [string[], string[]][] = [
    [
      ["usb-c", "cable"],
      ["usbc", "cable"],
    ],
    [
      ["usb", "c", "cable"],
      ["usbc", "cable"],
    ],
    [["AC/DC"], ["ACDC"]],
    [["t", "shirt"], ["tshirt"]],
    [
      ["women's", "shoes"],
      ["women", "shoes"],
    ],
  ];
  for (const [words, joined] of cases) {
    it(`makes ${joined.join(" ")} of ${words.join(" ")}`, () => {
      expect(joinWords(words)).to.deep.equal(joined);
    });
  }
});

describe("joinPairs", () => {
  it("joins each two neighbours, at most four times, and no single letters or punctuation", () => {
    expect(joinPairs(["ear", "buds", "white"])).to.deep.equal(["earbuds white", "ear budswhite"]);
    expect(joinPairs(["usb", "c", "AC/DC"])).to.deep.equal([]);
    expect(joinPairs("aa bb cc dd ee ff".split(" "))).to.have.length(4);
    expect(joinPairs(["kettle"])).to.deep.equal([]);
  });
});

describe("pairsOf", () => {
  it("has each two neighbours of a name, but not over a comma, and a number only with its unit", () => {
    expect(pairsOf("Arden Task Desk Lamp, 24 kg")).to.deep.equal(["ArdenTask", "TaskDesk", "DeskLamp", "24kg"]);
    expect(pairsOf("Torque 18")).to.deep.equal([]);
  });
});

describe("compoundsOf", () => {
  it("finds words that punctuation or a single letter holds together", () => {
    expect(compoundsOf("T shirt (with USB-C socket)")).to.deep.equal(["Tshirt", "USBC"]);
  });
});

describe("forgivenEdits", () => {
  it("grows with the word, and is none for words with digits", () => {
    expect(["pan", "lamp", "kettle", "headphones", "iphone15"].map(forgivenEdits)).to.deep.equal([0, 1, 1, 2, 0]);
  });
});

describe("similarBeginnings", () => {
  it("includes beginnings without a letter, and with two letters swapped", () => {
    expect(similarBeginnings("kettel")).to.include.members(["kettl", "kettle", "kette"]);
  });

  it("ignores accents and case", () => {
    expect(similarBeginnings("ÉCRU")).to.include("ecu");
  });

  it("is empty for beginnings that are too short or too long", () => {
    expect(similarBeginnings("ke")).to.deep.equal([]);
    expect(similarBeginnings("k".repeat(16))).to.deep.equal([]);
  });
});

describe("ASCII words", () => {
  it("are treated as the patterns with Unicode's classes treat them", () => {
    const characters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((one) => one !== " ");
    for (const one of characters)
      for (const word of [one, `${one}a`, `a${one}`, `a${one}b`, `a'${one}`, `${one}9${one}`, `a${one}${one}bcd`]) {
        const parts = word.replace(/(?<=[\p{L}\p{N}])['\u2019]s$/u, "").replace(/[^\p{L}\p{M}\p{N}]+/gu, "");
        const folded = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, "").toLowerCase();
        const isPlain = /^[\p{L}\p{M}\p{N}]{2,}$/u.test(word);
        const isLetter = /^\p{L}\p{M}*$/u.test(parts);
        expect(queryWords(word).length, word).to.equal(/[\p{L}\p{N}]/u.test(word) ? 1 : 0);
        expect(joinWords([word, "other"]), word).to.deep.equal(isLetter ? [`${parts}other`] : [parts, "other"]);
        expect(joinPairs([word, "other"]), word).to.deep.equal(isPlain ? [`${word}other`] : []);
        // Stop words are left out.
        if (!stopWordsOf("english").has(folded)) expect(foldWords([word]), word).to.equal(folded);
        expect(forgivenEdits(word) > 0, word).to.equal(!/\p{N}/u.test(word) && word.length > 3);
      }
  });
});
