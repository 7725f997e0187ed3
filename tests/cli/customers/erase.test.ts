import { expect } from "chai";
import { unfinishedAmong } from "../../../cli/customers/erase";

const REGIONS = ["us-east-1", "us-west-2"];
const item = (region: string, requestedAt: string, doneAt?: string) => ({
  erased: "ann",
  in: region,
  requestedAt,
  doneAt,
});

describe("unfinishedAmong", () => {
  it("has no customer who is erased in every Region", () => {
    expect(unfinishedAmong([item("us-east-1", "1", "1"), item("us-west-2", "1", "1")], REGIONS)).to.deep.equal([]);
  });

  it("has a customer whom a Region has not erased, or knows nothing of", () => {
    expect(unfinishedAmong([item("us-east-1", "1", "1"), item("us-west-2", "1")], REGIONS)).to.deep.equal(["ann"]);
    expect(unfinishedAmong([item("us-east-1", "1", "1")], REGIONS)).to.deep.equal(["ann"]);
  });

  it("has a customer whom a dead Region erased for an earlier request only", () => {
    const items = [item("us-east-1", "2", "2"), item("us-west-2", "1", "1")];
    expect(unfinishedAmong(items, REGIONS)).to.deep.equal(["ann"]);
  });
});
