import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { drawProduct } from "../../../web/src/parts/drawing";

interface Sample {
  name: string;
  category: string;
}

const file = join(__dirname, "..", "..", "..", "catalogue", "sample.jsonl");
const SAMPLES = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Sample);

describe("drawProduct", () => {
  it("fills the kind's shape with the colour that the name has", () => {
    const black = drawProduct("Arden Pour Electric Kettle, black");
    const white = drawProduct("Arden Pour Electric Kettle, white");
    expect(black.body).to.equal(white.body).and.not.equal(drawProduct("Table Lamp, black").body);
    expect(black.colour).to.equal(drawProduct("Table Lamp, black").colour).and.not.equal(white.colour);
    expect(black.label).to.equal(undefined);
  });

  it("writes a size on the picture, and keeps the colour for all sizes", () => {
    const [small, large] = [drawProduct("Wool Jumper, S"), drawProduct("Wool Jumper, XL")];
    expect([small.label, large.label]).to.deep.equal(["S", "XL"]);
    expect(small.colour).to.equal(large.colour);
  });

  it("draws a product of an unknown kind like its category, and a parcel without one", () => {
    expect(drawProduct("Something", "Toys").body).to.equal(drawProduct("Wooden Blocks").body);
    const parcel = drawProduct("Something").body;
    expect(drawProduct("constructor", "toString").body).to.equal(parcel);
  });

  it("tells the sample catalogue's products apart, and knows the kind or category of each", () => {
    const parcel = drawProduct("").body;
    const drawings = SAMPLES.map(({ name, category }) => ({ name, drawing: drawProduct(name, category) }));
    expect(drawings.filter(({ drawing }) => drawing.body === parcel)).to.deep.equal([]);
    const variants = new Map<string, Set<string>>();
    for (const { name, drawing } of drawings) {
      const [title = ""] = name.split(",");
      const known = variants.get(title) ?? new Set();
      expect(known, name).not.to.include(JSON.stringify(drawing));
      variants.set(title, known.add(JSON.stringify(drawing)));
    }
  });
});
