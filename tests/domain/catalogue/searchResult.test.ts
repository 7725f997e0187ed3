import { expect } from "chai";
import { toAnswer, toSuggestions } from "../../../domain/catalogue/searchResult";
import { product } from "../../kit/searchFakes";

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
    const answer = { hits: { hits: same.map((_source) => ({ _source })) } };
    expect(toSuggestions(answer, 5).map(({ productId }) => productId)).to.deep.equal(["a", "c"]);
    expect(toSuggestions(answer, 1)).to.have.length(1);
  });
});
