import { expect } from "chai";
import fc from "fast-check";
import { balanceOf, counterName, emptyShare, type Share, settleShare, unitsUnderWay } from "../../../domain/stock";

const EAST = "us-east-1";
const WEST = "us-west-2";
const AT = "2026-01-01T00:00:00.000Z";
const LATER = "2026-01-01T00:00:20.000Z";

const share = (region: string, available: number, more: Partial<Share> = {}): Share => ({
  ...emptyShare("kettle", region),
  available,
  delivered: available,
  ...more,
});

/** Applies what `settleShare` decides until nothing follows. */
function settle(own: Share, peer: Share): Share {
  let settled = own;
  for (let round = 0; round < 10; round++) {
    const change = settleShare(settled, peer, own.region, AT);
    if (!change) return settled;
    if (change.atLeast !== undefined) expect(settled.available).to.be.at.least(change.atLeast);
    settled = {
      ...settled,
      [change.counter]: change.expected + change.by,
      available: settled.available + change.units,
    };
  }
  throw new Error("A share does not settle.");
}

describe("settleShare", () => {
  const state = fc.record({
    available: fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })),
    sold: fc.tuple(fc.nat(40), fc.nat(40)),
    wanted: fc.tuple(fc.option(fc.integer({ min: 1, max: 9 })), fc.option(fc.integer({ min: 1, max: 9 }))),
  });

  it("moves every unit from one share to the other, and comes to rest", () => {
    fc.assert(
      fc.property(state, ({ available, sold, wanted }) => {
        let shares = [EAST, WEST].map((region, index) =>
          share(region, available[index]!, {
            sold: sold[index]!,
            delivered: available[index]! + sold[index]!,
            ...(wanted[index] !== null && { wanted: wanted[index]!, wantedUntil: LATER }),
          }),
        ) as [Share, Share];
        for (let round = 0; round < 6; round++) {
          const before = shares;
          shares = [settle(shares[0], shares[1]), shares[1]];
          shares = [shares[0], settle(shares[1], shares[0])];
          const [east, west] = shares;
          const underWay = unitsUnderWay(east, west) + unitsUnderWay(west, east);
          expect(east.available + west.available + underWay).to.equal(available[0] + available[1]);
          for (const one of shares) {
            expect(one.available).to.be.at.least(0);
            expect(balanceOf(one, [EAST, WEST])).to.equal(one.available);
          }
          if (before[0] === east && before[1] === west) return;
        }
        throw new Error(`Units move to and fro: ${JSON.stringify(shares)}`);
      }),
    );
  });

  it("adds what was sent once, and nothing for an older record of the peer", () => {
    const own = share(WEST, 3, { [counterName("receivedFrom", EAST)]: 3, sold: 50, delivered: 50 });
    expect(settle(own, share(EAST, 0, { [counterName("sentTo", WEST)]: 3 })).available).to.equal(3);
    expect(settle(own, share(EAST, 0, { [counterName("sentTo", WEST)]: 1 })).available).to.equal(3);
    expect(settle(own, share(EAST, 0, { [counterName("sentTo", WEST)]: 5 })).available).to.equal(5);
  });

  it("gives up claimed units, below 0 if they were promised already", () => {
    const peer = share(WEST, 10, { [counterName("claimedFrom", EAST)]: 10 });
    const settled = settle(share(EAST, 4, { sold: 6, delivered: 10 }), peer);
    expect(settled.available).to.equal(-6);
    expect(settle(settled, peer).available).to.equal(-6);
  });

  it("sends a Region its part by what each has sold, once it has less than half of it", () => {
    const sent = (there: number, own: Partial<Share> = {}, peer: Partial<Share> = {}) =>
      60 - settle(share(EAST, 60, own), share(WEST, there, peer)).available;
    expect([sent(0), sent(19), sent(20)]).to.deep.equal([30, 20, 0]);
    expect(sent(0, { sold: 89 }, { sold: 29 })).to.equal(15);
    expect(sent(0, { wanted: 1, wantedUntil: LATER }), "its own customers wait").to.equal(0);
  });
});
