import { expect } from "chai";
import { lagsOf } from "../../../bench/index/lag";

describe("lagsOf", () => {
  const looks = [
    { at: 100, found: 0 },
    { at: 150, found: 2 },
    { at: 200, found: 3 },
  ];

  it("measures each change from its acknowledgement to the first search that finds it", () => {
    expect(lagsOf([90, 10, 40], looks)).to.deep.equal([140, 110, 110]);
  });

  it("returns NaN for a change that no search found", () => {
    expect(lagsOf([10, 20, 30, 40], looks)[3]).to.be.NaN;
  });
});
