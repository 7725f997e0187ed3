import { expect } from "chai";
import { toMajorUnits, toMinorUnits } from "../../../domain/money";
import { MAX_TOTAL_AMOUNT } from "../../../domain/order";

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

  it("are read up to the largest total, in currencies of many digits too", () => {
    expect(toMinorUnits("495000000000", "VND")).to.equal(MAX_TOTAL_AMOUNT);
    expect(toMinorUnits("15000000.00", "IDR")).to.equal(1_500_000_000);
    expect(toMinorUnits("1".repeat(13), "VND")).to.equal(undefined);
  });

  it("are refused if they are no amount of the currency", () => {
    for (const typed of ["", "abc", "-1", "19.999", "1e3", "19."])
      expect(toMinorUnits(typed, "USD"), typed).to.equal(undefined);
    expect(toMinorUnits("1.5", "JPY")).to.equal(undefined);
  });
});
