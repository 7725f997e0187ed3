import { expect } from "chai";
import { balanceOf } from "../../../../../domain/stock";
import { EAST, StockStand, WEST } from "../../../../kit/stockStand";

describe("moveStock", () => {
  it("sends the units that a refused order of the peer Region waits for, and the retry is accepted", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    const first = await stand.place(WEST, "one");
    expect(first).to.include({ status: 503, type: "/problems/stock-moving", retryAfter: "3" });
    await stand.settle();
    expect(stand.shareIn(EAST)!.available).to.equal(0);
    expect(stand.shareIn(WEST)!).to.include({ available: 1, [`receivedFrom_${EAST}`]: 1 });
    expect((await stand.place(WEST, "one")).status).to.equal(201);
    expect(stand.shareIn(WEST)!.wanted, "the wish has ended").to.equal(undefined);
    await stand.settle();
    expect((await stand.place(EAST, "two")).status).to.equal(409);
  });

  it("moves units once, however often a record is handled", async () => {
    const stand = new StockStand();
    stand.share(EAST, 40);
    await stand.place(WEST, "one", 4);
    await stand.settle({ times: 3 });
    const shares = [EAST, WEST].map((region) => stand.shareIn(region)!);
    expect(shares.map(({ available }) => available)).to.deep.equal([20, 20]);
    for (const share of shares) expect(balanceOf(share, [EAST, WEST])).to.equal(share.available);
  });

  it("sends nothing to a Region that writes no records", async () => {
    const stand = new StockStand();
    stand.share(EAST, 40);
    stand.share(WEST, 0);
    for (const key of ["one", "two", "three"]) await stand.place(EAST, key);
    await stand.settle();
    expect(stand.shareIn(EAST)!.available).to.equal(37);
  });

  it("keeps units under way until the peer Region returns", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    await stand.place(WEST, "one");
    await stand.settle({ down: [WEST] });
    expect([stand.shareIn(EAST)!.available, stand.shareIn(WEST)!.available]).to.deep.equal([0, 0]);
    expect((await stand.place(EAST, "two")).status, "the unit is under way, not lost").to.equal(503);
    await stand.settle();
    expect(stand.shareIn(EAST)!.available + stand.shareIn(WEST)!.available).to.equal(1);
  });

  it("serves the first Region by name when both wait for each other's last unit", async () => {
    const stand = new StockStand();
    stand.share(EAST, 1);
    stand.share(WEST, 1);
    const both = [await stand.place(EAST, "one", 2), await stand.place(WEST, "two", 2)];
    expect(both.map(({ status }) => status)).to.deep.equal([503, 503]);
    await stand.settle();
    expect((await stand.place(EAST, "one", 2)).status).to.equal(201);
    await stand.settle();
    expect((await stand.place(WEST, "two", 2)).status).to.equal(409);
  });
});
