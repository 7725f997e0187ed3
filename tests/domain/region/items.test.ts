import { expect } from "chai";
import { drainEntry, HEARTBEAT, ISSUER, toRegionRecords } from "../../../domain/region";

describe("toRegionRecords", () => {
  it("groups the items of a Region by kind", () => {
    const heartbeat = { entry: HEARTBEAT };
    const issuer = { entry: ISSUER };
    const drains = [{ entry: drainEntry("us-east-1") }, { entry: drainEntry("us-west-2") }];
    expect(toRegionRecords([...drains, issuer, heartbeat])).to.deep.equal({ heartbeat, drains, issuer });
  });

  it("omits kinds of a later release", () => {
    expect(toRegionRecords([{ entry: "forecast" as never }])).to.deep.equal({
      heartbeat: undefined,
      drains: [],
      issuer: undefined,
    });
  });
});

describe("drainEntry", () => {
  it("differs by writer, so that each item has one", () => {
    expect(drainEntry("us-east-1")).not.to.equal(drainEntry("us-west-2"));
  });
});
