import { expect } from "chai";
import type { ChangeContext } from "../../../../domain/catalogue/change";
import { attributeTerm, toDocument } from "../../../../domain/catalogue/search/searchIndex";
import { product } from "../../../kit/searchFakes";

const here: ChangeContext = { region: "us-east-1", now: "2026-11-05T00:00:00.000Z" };

describe("toDocument", () => {
  it("keeps only the version of a deleted product", () => {
    const document = toDocument(product("a", { version: 7, deletedAt: here.now }));
    expect(document).to.deep.equal({ productId: "a", version: 7, live: false, deletedAt: here.now });
  });

  it("writes one term per attribute, as the filter does", () => {
    const document = toDocument(
      product("a", { name: " Émile's Pan", attributes: { colour: "red", litres: 1.5, safe: false } }),
    );
    expect(document).to.deep.include({
      attributeTerms: ["colour=red", "litres=1.5", "safe=false"],
      sortName: "emile's pan",
    });
    expect(attributeTerm("colour", "red")).to.equal("colour=red");
  });
});
