import { expect } from "chai";
import { count, mean, median, quantile, ratioOf, spread, table } from "../../bench/table";

describe("benchmark figures", () => {
  it("are measured values, not interpolated ones", () => {
    const values = [5, 1, 4, 2, 3, 9];
    expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).to.deep.equal([1, 3, 9, 9]);
    expect(values, "not sorted by it").to.deep.equal([5, 1, 4, 2, 3, 9]);
    expect(median([2])).to.equal(2);
    expect(mean(values)).to.equal(4);
    expect(spread(values, 1)).to.equal("3.0 (1.0–9.0)");
  });

  it("are NaN without values", () => {
    expect(quantile([], 0.5)).to.be.NaN;
    expect(mean([])).to.be.NaN;
  });

  it("are compared run by run, so that a momentary load has no effect", () => {
    expect(ratioOf([10, 40, 12], [5, 20, 8])).to.equal(2);
  });

  it("are formatted as a Markdown table", () => {
    expect(table(["what", "ms"], [["all", "3"]])).to.equal("| what | ms |\n|---|---:|\n| all | 3 |");
  });

  it("are requested by options that must be positive whole numbers", () => {
    expect(count("--runs", "12")).to.equal(12);
    for (const wrong of ["0", "-1", "1.5", "many", ""])
      expect(() => count("--runs", wrong), wrong).to.throw(RangeError, "--runs");
  });
});
