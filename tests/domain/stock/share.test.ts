import { expect } from "chai";
import {
  balanceOf,
  count,
  deliveriesPrefix,
  deliveryIdOf,
  deliveryKey,
  emptyShare,
  isWanting,
  SHARES,
  shareKey,
} from "../../../domain/stock/share";

const PEER = "us-west-2";
const AT = "2026-01-01T00:00:10.000Z";

describe("balanceOf", () => {
  it("adds what came and takes off what was sold, sent and ceded", () => {
    const share = {
      ...{ ...emptyShare("kettle", "us-east-1"), delivered: 100, sold: 30 },
      ...{ [`receivedFrom_${PEER}`]: 8, [`claimedFrom_${PEER}`]: 4, [`sentTo_${PEER}`]: 20, [`cededTo_${PEER}`]: 1 },
    };
    expect(balanceOf(share, [PEER])).to.equal(100 - 30 + 8 + 4 - 20 - 1);
    expect(balanceOf(share, [])).to.equal(70);
  });

  it("counts 0 for a counter that is not there", () => {
    expect(count(emptyShare("kettle", "us-east-1"), "sentTo", PEER)).to.equal(0);
    expect(count(undefined, "sentTo", PEER)).to.equal(0);
  });
});

describe("isWanting", () => {
  const share = emptyShare("kettle", "us-east-1");

  it("ends with the wish's time", () => {
    expect(isWanting({ ...share, wanted: 1, wantedUntil: "2026-01-01T00:00:10.001Z" }, AT)).to.equal(true);
    expect(isWanting({ ...share, wanted: 1, wantedUntil: AT }, AT)).to.equal(false);
  });

  it("is false without a wish", () => {
    expect(isWanting(share, AT)).to.equal(false);
    expect(isWanting({ ...share, wanted: 1 }, AT)).to.equal(false);
  });
});

describe("keys of stock", () => {
  it("lets a query find all shares of a product, and one delivery in all Regions", () => {
    expect(shareKey("kettle", PEER).entry.startsWith(SHARES)).to.equal(true);
    expect(deliveryKey("kettle", PEER, "D-1").entry.startsWith(deliveriesPrefix("D-1"))).to.equal(true);
    expect(deliveryKey("kettle", PEER, "D-10").entry.startsWith(deliveriesPrefix("D-1"))).to.equal(false);
  });

  it("names the delivery", () => {
    expect(deliveryIdOf(deliveryKey("kettle", PEER, "D-1"))).to.equal("D-1");
  });
});
