import { expect } from "chai";
import { emptyShare, isSameStock, mayChangeShown, type Share, toShownStock } from "../../../domain/stock";

const EAST = "us-east-1";
const WEST = "us-west-2";
const share = (region: string, available: number, more: Partial<Share> = {}): Share => ({
  ...emptyShare("kettle", region),
  available,
  ...more,
});

describe("toShownStock", () => {
  const shown = (shares: Share[], fewLeft?: number) => toShownStock("kettle", shares, EAST, fewLeft);

  it("shows a number while few units are left, in all Regions together", () => {
    expect(shown([share(EAST, 6)])).to.deep.equal({ soldOut: false });
    expect(shown([share(EAST, 5)])).to.deep.equal({ soldOut: false, left: 5 });
    expect(shown([share(EAST, 1), share(WEST, 2)])).to.deep.equal({ soldOut: false, left: 3 });
    expect(shown([share(EAST, 1), share(WEST, 5)])).to.deep.equal({ soldOut: false });
  });

  it("is sold out without a unit, or without a share", () => {
    expect(shown([share(EAST, 0), share(WEST, 0)])).to.deep.equal({ soldOut: true });
    expect(shown([share(EAST, -2), share(WEST, 1)])).to.deep.equal({ soldOut: true });
    expect(shown([])).to.deep.equal({ soldOut: true });
  });

  it("counts units on their way between Regions", () => {
    const shares = [share(EAST, 0), share(WEST, 0, { [`sentTo_${EAST}`]: 2 })];
    expect(shown(shares)).to.deep.equal({ soldOut: false, left: 2 });
  });

  it("follows the threshold; 0 shows no number", () => {
    expect(shown([share(EAST, 9)], 10)).to.deep.equal({ soldOut: false, left: 9 });
    expect(shown([share(EAST, 1)], 0)).to.deep.equal({ soldOut: false });
  });
});

describe("mayChangeShown", () => {
  it("is false while the share alone has more than the threshold", () => {
    expect(mayChangeShown(share(EAST, 8), share(EAST, 6), [share(EAST, 6), share(WEST, 0)])).to.equal(false);
  });

  it("is true for a new share, and at the threshold on either side", () => {
    const shares = [share(EAST, 6)];
    expect(mayChangeShown(undefined, share(EAST, 6), shares)).to.equal(true);
    expect(mayChangeShown(share(EAST, 6), share(EAST, 5), shares)).to.equal(true);
    expect(mayChangeShown(share(EAST, 5), share(EAST, 6), shares)).to.equal(true);
  });

  it("is true while another share owes units", () => {
    expect(mayChangeShown(share(EAST, 9), share(EAST, 8), [share(EAST, 8), share(WEST, -5)])).to.equal(true);
  });

  /** Every change that alters what is shown must be found by one record, in whatever order the records are handled. */
  it("misses no change of what is shown, for every pair of small shares", () => {
    const counts = [-2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 12];
    for (const east of counts)
      for (const west of counts)
        for (const now of counts) {
          const [before, after] = [
            [share(EAST, east), share(WEST, west)],
            [share(EAST, now), share(WEST, west)],
          ];
          const isSame = isSameStock(toShownStock("kettle", before, EAST), toShownStock("kettle", after, EAST));
          if (!isSame) expect(mayChangeShown(before[0], after[0]!, after), `${east}→${now} ${west}`).to.equal(true);
        }
  });
});
