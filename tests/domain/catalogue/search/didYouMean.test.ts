import { expect } from "chai";
import fc from "fast-check";
import { didYouMean } from "../../../../domain/catalogue/search/didYouMean";

const PRODUCTS: Parameters<typeof didYouMean>[2] = [
  {
    name: "Arden Pour Electric Kettle, black",
    brand: "Arden",
    category: "Kitchen",
    attributes: { capacityLitres: 1.7 },
  },
  { name: "Sonarra Café Headphones", brand: "Sonarra", category: "Audio", attributes: { colour: "coral" } },
];

describe("didYouMean", () => {
  const table: [q: string, unmatched: string[], meant: string | undefined][] = [
    ["electirc ketle", ["electirc", "ketle"], "electric kettle"],
    ["Blakc kettle", ["Blakc"], "black kettle"],
    ["sonara hedphones", ["sonara", "hedphones"], "sonarra headphones"],
    ["crale headphones", ["crale"], undefined],
    ["corla headphones", ["corla"], "coral headphones"],
    ["a ketle for the kitchen", ["ketle"], "kettle kitchen"],
    ["purple kettle", ["purple"], undefined],
    ["black kettle", [], undefined],
    ["ket", ["ket"], undefined],
    ["cafee", ["cafee"], "cafe"],
  ];
  for (const [q, unmatched, meant] of table) {
    it(`reads “${q}” as ${meant === undefined ? "nothing else" : `“${meant}”`}`, () => {
      expect(didYouMean(q, unmatched, PRODUCTS)).to.equal(meant);
    });
  }

  it("replaces words only by words of one product", () => {
    expect(didYouMean("ketle hedphones", ["ketle", "hedphones"], PRODUCTS)).to.equal(undefined);
  });

  it("finds a word with one letter missing, doubled or swapped", () => {
    const typo = fc.record({ at: fc.nat({ max: 4 }), kind: fc.constantFrom("missing", "doubled", "swapped") });
    fc.assert(
      fc.property(typo, ({ at, kind }) => {
        const [before, letter, after] = ["kettle".slice(0, at), "kettle"[at]!, "kettle".slice(at + 1)];
        const typed = {
          missing: before + after,
          doubled: before + letter + letter + after,
          swapped: before + after[0] + letter + after.slice(1),
        }[kind];
        fc.pre(typed !== "kettle");
        expect(didYouMean(typed!, [typed!], PRODUCTS)).to.equal("kettle");
      }),
    );
  });
});
