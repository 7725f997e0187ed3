import { expect } from "chai";
import { contentOf } from "../../../domain/catalogue/change";
import { checkContent, checkProduct } from "../../../domain/catalogue/validation";
import { product } from "../../kit/searchFakes";

describe("checkProduct", () => {
  it("accepts a product, and explains what is wrong with another", () => {
    expect(checkProduct(product("a")).ok).to.equal(true);
    expect(checkContent({ ...contentOf(product("a")), availability: "soon", colour: "red" })).to.deep.equal({
      ok: false,
      reasons: [
        'the product must not have "colour"',
        "availability must be one of in-stock, out-of-stock, discontinued",
      ],
    });
    expect(checkProduct({ productId: "a" }).ok).to.equal(false);
    expect(checkProduct("nonsense").ok).to.equal(false);
  });

  it("accepts an item with attributes of another release", () => {
    expect(checkProduct({ ...product("a"), shelf: "B7" }).ok).to.equal(true);
  });
});
