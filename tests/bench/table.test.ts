import { expect } from "chai";
import { count, mean, median, quantile, ratioOf, spread, table } from "../../bench/table";

describe("The figures of benchmarks", () => {
  it("are values that were measured, not ones in between", () => {
    const values = [5, 1, 4, 2, 3, 9];
    expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).to.deep.equal([1, 3, 9, 9]);
    expect(values, "not sorted by it").to.deep.equal([5, 1, 4, 2, 3, 9]);
    expect(median([2])).to.equal(2);
    expect(mean(values)).to.equal(4);
    expect(spread(values, 1)).to.equal("3.0 (1.0–9.0)");
  });

  it("of nothing are no numbers", () => {
    expect(quantile([], 0.5)).to.be.NaN;
    expect(mean([])).to.be.NaN;
  });

  it("are compared run by run, so that a busy moment does not count", () => {
    expect(ratioOf([10, 40, 12], [5, 20, 8])).to.equal(2);
  });

  it("stand in a table of Markdown", () => {
    expect(table(["what", "ms"], [["all", "3"]])).to.equal("| what | ms |\n|---|---:|\n| all | 3 |");
  });

  it("come from options that are whole numbers", () => {
    expect(count("--runs", "12")).to.equal(12);
    for (const wrong of ["0", "-1", "1.5", "many", ""])
      expect(() => count("--runs", wrong), wrong).to.throw(RangeError, "--runs");
  });
});
