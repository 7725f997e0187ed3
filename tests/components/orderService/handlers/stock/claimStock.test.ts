import { expect } from "chai";
import { claimStock } from "../../../../../components/orderService/handlers/stock/claimStock";
import { balanceOf } from "../../../../../domain/stock";
import { EAST, StockStand, WEST } from "../../../../kit/stockStand";

describe("claimStock", () => {
  it("claims a lost Region's units once, and the order that waited is accepted", async () => {
    const stand = new StockStand();
    stand.share(EAST, 5);
    expect((await stand.place(WEST, "one")).status).to.equal(503);
    await stand.settle({ down: [EAST] });
    expect(await claimStock(stand.stock(WEST), EAST)).to.deep.equal({ products: 1, units: 5, left: 0 });
    expect(await claimStock(stand.stock(WEST), EAST)).to.deep.equal({ products: 0, units: 0, left: 0 });
    expect((await stand.place(WEST, "one")).status).to.equal(201);
  });

  it("makes a Region that returns give the units up, and shows what was promised twice", async () => {
    const stand = new StockStand();
    stand.share(EAST, 3);
    await stand.place(EAST, "unseen", 1);
    await claimStock(stand.stock(WEST), EAST);
    expect((await stand.place(WEST, "claimed", 3)).status).to.equal(201);
    await stand.settle();
    expect(stand.shareIn(EAST)!.available).to.equal(-1);
    for (const region of [EAST, WEST]) {
      const share = stand.shareIn(region)!;
      expect(balanceOf(share, [EAST, WEST])).to.equal(share.available);
    }
  });
});
