import { expect } from "chai";
import { toMajorUnits, toMinorUnits } from "../../../domain/money";

describe("amounts in major units", () => {
  it("have the digits of their currency", () => {
    expect(toMajorUnits({ amount: 1990, currency: "USD" })).to.equal("19.90");
    expect(toMajorUnits({ amount: 1990, currency: "JPY" })).to.equal("1990");
    expect(toMajorUnits({ amount: 1990, currency: "KWD" })).to.equal("1.990");
  });

  it("are read back, with a point or a comma", () => {
    for (const typed of ["19.9", "19,90", " 19.90 "]) expect(toMinorUnits(typed, "USD"), typed).to.equal(1990);
    expect(toMinorUnits("0.07", "USD")).to.equal(7);
    expect(toMinorUnits("1990", "JPY")).to.equal(1990);
  });

  it("are refused if they are no amount of the currency", () => {
    for (const typed of ["", "abc", "-1", "19.999", "1e3", "19."])
      expect(toMinorUnits(typed, "USD"), typed).to.equal(undefined);
    expect(toMinorUnits("1.5", "JPY")).to.equal(undefined);
  });
});
