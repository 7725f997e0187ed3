import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ndcgAt10, precisionAt10 } from "../../../bench/relevance/measures";
import { readKinds, readRatings } from "../../../bench/relevance/ratings";
import { withTypo } from "../../../bench/relevance/typos";
import { sampleProducts } from "../../../bench/search/generate";
import { temporaryFolder } from "../../kit/temporaryFolder";

describe("relevance bench", () => {
  const grades = new Map([
    ["a", 3],
    ["b", 2],
    ["c", 0],
  ]);

  it("gives 1 to the best order, less to a worse one, and 0 without relevant products", () => {
    expect(ndcgAt10(["a", "b", "c"], grades)).to.equal(1);
    // (3 / log2(2) + 7 / log2(3)) / (7 / log2(2) + 3 / log2(3))
    expect(ndcgAt10(["b", "a"], grades)).to.be.closeTo(0.834, 0.001);
    expect(ndcgAt10([], grades)).to.equal(0);
    expect(ndcgAt10([...Array(10).fill("x"), "a"], grades)).to.equal(0);
  });

  it("counts relevant products among ten places", () => {
    expect(precisionAt10(["a", "c", "b", "x"], grades)).to.equal(0.2);
  });

  it("puts one typo into the longest word", () => {
    const typos = (where: "first" | "middle") =>
      (["wrong", "swapped", "missing", "doubled"] as const).map((kind) => withTypo("black kettle", kind, where));
    expect(typos("first")).to.deep.equal(["black oettle", "black ekttle", "black ettle", "black kkettle"]);
    expect(typos("middle")).to.deep.equal(["black ketole", "black ketlte", "black ketle", "black ketttle"]);
    expect(withTypo("usb c", "wrong", "first")).to.equal(undefined);
  });

  describe("ratings", () => {
    let directory: string;
    beforeEach(() => {
      directory = temporaryFolder("stayopen-ratings");
    });
    const read = (text: string) => {
      const file = join(directory, "ratings.csv");
      writeFileSync(file, text);
      return readRatings(file, ["kettle-black", "kettle-white", "mug"]);
    };

    it("are those of the first row that matches a product", () => {
      const ratings = read("query,product id,grade\nblack kettle,kettle-black,3\nblack kettle,kettle-*,1\n");
      expect([...ratings.get("black kettle")!]).to.deep.equal([
        ["kettle-black", 3],
        ["kettle-white", 1],
      ]);
    });

    it("have the kind of each query, if the file has a fourth column", () => {
      const file = join(directory, "kinds.csv");
      writeFileSync(file, "query,product id,grade,group\nketle,mug,1,typo as typed\nkettle,mug,1\n");
      expect([...readKinds(file)]).to.deep.equal([
        ["ketle", "typo as typed"],
        ["kettle", "words"],
      ]);
    });

    it("are refused with one sentence for an invalid grade or an unknown product", () => {
      expect(() => read("kettle,kettle-black,4\n")).to.throw('has the grade "4"; it must be 0, 1, 2 or 3.');
      expect(() => read("kettle,pan,3\n")).to.throw('names the product "pan"');
    });

    it("of the sample catalogue name only its products", () => {
      const ids = sampleProducts().map(({ productId }) => productId);
      const ratings = readRatings(join(__dirname, "../../../bench/relevance/sampleRatings.csv"), ids);
      expect(ratings.size).to.be.at.least(60);
    });
  });
});
