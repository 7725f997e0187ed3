import { expect } from "chai";
import { lagsOf } from "../../../bench/index/lag";

describe("How late changes are found", () => {
  const looks = [
    { at: 100, found: 0 },
    { at: 150, found: 2 },
    { at: 200, found: 3 },
  ];

  it("counts for each from its own acknowledgement to the first look that has so many", () => {
    expect(lagsOf([90, 10, 40], looks)).to.deep.equal([140, 110, 110]);
  });

  it("is no number for what no look has found", () => {
    expect(lagsOf([10, 20, 30, 40], looks)[3]).to.be.NaN;
  });
});
