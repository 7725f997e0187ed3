import { expect } from "chai";
import { Pace } from "../../catalogue/pace";

describe("Pace", () => {
  it("halves the parallel requests after each push back, and adds five otherwise", async () => {
    const pace = new Pace({ firstWaitMs: 1 });
    for (let batch = 0; batch < 10; batch++) pace.endBatch();
    expect(pace.parallel).to.equal(50);
    for (const expected of [25, 12, 6]) {
      await pace.backOff(1);
      await pace.backOff(1);
      pace.endBatch();
      expect(pace.parallel).to.equal(expected);
    }
    pace.endBatch();
    expect(pace.parallel).to.equal(11);
  });
});
