import { expect } from "chai";
import { deriveOrderId, OPEN_SHARDS, openIn, openKeys } from "../../../domain/order";

describe("openIn", () => {
  it("spreads a Region's orders evenly over its shards", () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 16_000; index++) {
      const key = openIn("us-east-1", deriveOrderId("customer", String(index)));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).to.deep.equal(openKeys("us-east-1").sort());
    expect(counts.size).to.equal(OPEN_SHARDS);
    for (const count of counts.values()) expect(count).to.be.within(850, 1_150);
  });
});
