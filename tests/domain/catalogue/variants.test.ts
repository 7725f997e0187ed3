import { expect } from "chai";
import type { AttributeValue } from "../../../domain/catalogue/product";
import { choicesOf, chooseVariant, sharedName, summarizeVariants } from "../../../domain/catalogue/variants";
import { product } from "../../kit/searchFakes";

const shirt = (size: string, colour: string, content = {}) =>
  product(`shirt-${size}-${colour}`, {
    name: `Oxford Shirt, ${size}, ${colour}`,
    attributes: { size, colour, material: "cotton" },
    ...content,
  });

describe("variants of a product", () => {
  it("share the words that all their names begin with, without the punctuation behind", () => {
    expect(sharedName(["Balance Bike, red", "Balance Bike, blue"])).to.equal("Balance Bike");
    expect(sharedName(["Drill 12, 1 battery", "Drill 12, 2 batteries"])).to.equal("Drill 12");
    expect(sharedName(["Pan (28 cm)", "Pan (24 cm)"])).to.equal("Pan");
    expect(sharedName(["Kettle", "Kettle"])).to.equal("Kettle");
    expect(sharedName(["Kettle", "Mug"])).to.equal("");
    expect(sharedName([])).to.equal("");
  });

  it("are summed up by their number, prices and availability", () => {
    const price = (amount: number, currency = "USD") => ({ price: { amount, currency } });
    const [shown, ...others] = [
      shirt("S", "white", price(2_000)),
      shirt("M", "white", { ...price(2_500), availability: "out-of-stock" }),
      shirt("L", "white", { ...price(1_900), stock: { soldOut: true } }),
      shirt("XL", "white", price(1, "EUR")),
    ];
    expect(summarizeVariants(shown!, [shown!, ...others])).to.deep.equal({
      count: 4,
      offered: 2,
      name: "Oxford Shirt",
      lowest: { amount: 1_900, currency: "USD" },
      highest: { amount: 2_500, currency: "USD" },
    });
  });

  it("are chosen by the attributes in which they differ, sizes in the order of the shelf", () => {
    const all = ["L", "S", "XL", "M"].flatMap((size) => [shirt(size, "white"), shirt(size, "blue")]);
    expect(choicesOf(all)).to.deep.equal([
      { attribute: "size", values: ["S", "M", "L", "XL"] },
      { attribute: "colour", values: ["blue", "white"] },
    ]);
  });

  it("offer no attribute that follows from another, or that some of them lack", () => {
    const pot = (litres: number, weight: number, more: Record<string, AttributeValue> = {}) =>
      product(`pot-${litres}`, { attributes: { litres, weight, ...more } });
    expect(choicesOf([pot(10, 3), pot(2, 1, { lid: true }), pot(4, 2)])).to.deep.equal([
      { attribute: "litres", values: [2, 4, 10] },
    ]);
  });

  it("offer no attributes that do not tell them apart", () => {
    expect(
      choicesOf([shirt("S", "white"), product("other", { attributes: { size: "S", colour: "white" } })]),
    ).to.deep.equal([]);
  });

  it("lead to the variant most like the present one, and to one that can be ordered among equals", () => {
    const gone = { availability: "out-of-stock" as const };
    const all = [
      shirt("S", "white"),
      shirt("M", "blue"),
      shirt("M", "white", gone),
      shirt("L", "blue", gone),
      shirt("L", "red"),
    ];
    const choose = (size: string) => chooseVariant(all, all[0]!, "size", size, choicesOf(all))?.productId;
    expect(choose("M")).to.equal("shirt-M-white");
    expect(choose("L")).to.equal("shirt-L-red");
    expect(choose("XXL")).to.equal(undefined);
  });
});
