import { expect } from "chai";
import { monthBefore, placedIn, placedKeys } from "../../../domain/order/placedIn";

describe("placedIn", () => {
  it("spreads a month's orders over the keys that are read for it, evenly", () => {
    const counts = new Map(placedKeys("2026-03").map((key) => [key, 0]));
    for (let number = 0; number < 1_000; number++) {
      const key = placedIn("2026-03-31T23:59:59.999Z", `ORDER${number}`);
      counts.set(key, counts.get(key)! + 1);
    }
    expect(counts.size).to.equal(4);
    for (const [key, count] of counts) expect(count, key).to.be.within(150, 350);
  });
});

describe("monthBefore", () => {
  it("counts down over the turn of a year", () => {
    expect(["2026-11", "2026-10", "2026-01"].map(monthBefore)).to.deep.equal(["2026-10", "2026-09", "2025-12"]);
  });
});
