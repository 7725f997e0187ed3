import { expect } from "chai";
import { toAnswer, toSuggestions } from "../../../../domain/catalogue/search/searchResult";
import { product } from "../../../kit/searchFakes";

describe("toAnswer", () => {
  const hits = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ _source: product(`p${n}`), sort: ["name", `p${n}`] }));

  it("has a cursor exactly if the page is full", () => {
    expect(toAnswer({ size: 3 }, "exact", { hits: { hits: hits(3) } }).cursor).to.be.a("string");
    expect(toAnswer({ size: 3 }, "exact", { hits: { hits: hits(2) } }).cursor).to.equal(undefined);
    expect(toAnswer({ q: "x", size: 100 }, "exact", { hits: { hits: hits(100) } }, { skip: 9_900 }).cursor).to.equal(
      undefined,
    );
  });

  it("suggests each name once", () => {
    const same = [product("a", { name: "Kettle" }), product("b", { name: "kettle" }), product("c", { name: "Pan" })];
    expect(toSuggestions(same, [], { q: "k" }, 5).map(({ productId }) => productId)).to.deep.equal(["a", "c"]);
    expect(toSuggestions(same, [], { q: "k" }, 1)).to.have.length(1);
  });

  it("suggests a product by what its variants' names share, unless the variant is typed", () => {
    const names = ["Breville Kettle, black", "Breville Kettle, blue", "Breville Kettle, steel"];
    const variants = names.map((name) => product(name, { name, brand: "Blackwell", group: "kettle" }));
    const suggest = (q: string, found = variants[0]!) => toSuggestions([found], variants, { q }, 5)[0]?.text;
    for (const q of ["kett", "kettle", "bre", "ketle", "kettle bl"]) expect(suggest(q), q).to.equal("Breville Kettle");
    expect(suggest("kettle st", variants[2])).to.equal("Breville Kettle, steel");
    expect(suggest("Kettle STÉ", variants[2])).to.equal("Breville Kettle, steel");
    // Its other variants are not known.
    expect(toSuggestions([variants[0]!], [], { q: "kett" }, 5)[0]?.text).to.equal("Breville Kettle, black");
  });
});
