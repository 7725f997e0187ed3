import { expect } from "chai";
import { checkContent } from "../../../domain/catalogue/validation";
import { CURRENCIES, minorDigits } from "../../../domain/money";
import { product } from "../../kit/searchFakes";

describe("CURRENCIES", () => {
  it("lists each code once", () => {
    expect(new Set(CURRENCIES).size).to.equal(CURRENCIES.length);
    expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).to.equal(true);
  });

  it("decides which prices the catalogue takes", () => {
    const { productId: _, version, homeRegion, updatedAt, ...content } = product("p-1");
    for (const currency of CURRENCIES) {
      expect(checkContent({ ...content, price: { amount: 1, currency } }).ok, currency).to.equal(true);
    }
    const refused = checkContent({ ...content, price: { amount: 1, currency: "QQQ" } });
    expect(refused).to.have.property("ok", false);
    expect(refused).to.have.deep.property("reasons", [
      `price.currency must be one of the ${CURRENCIES.length} values that the API's document lists, such as AED, AFN, ALL`,
    ]);
  });
});

describe("minorDigits", () => {
  it("are those of ISO 4217, none for a code that is no currency", () => {
    expect(["JPY", "USD", "KWD", "CLF", "QQQ"].map(minorDigits)).to.deep.equal([0, 2, 3, 4, undefined]);
  });
});
