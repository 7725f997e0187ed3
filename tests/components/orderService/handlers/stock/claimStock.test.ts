import { expect } from "chai";
import { claimStock } from "../../../../../components/orderService/handlers/stock/claimStock";
import { balanceOf } from "../../../../../domain/stock";
import { EAST, StockStand, WEST } from "../../../../kit/stockStand";

const AT = "2026-01-01T00:00:00.000Z";

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

describe("StockStore.deliver", () => {
  it("adds the units of a delivery once", async () => {
    const stand = new StockStand();
    const stock = stand.stock(EAST);
    expect(await stock.deliver("kettle", 4, "D-1", AT)).to.equal("delivered");
    expect(await stock.deliver("kettle", 4, "D-1", AT)).to.equal("repeated");
    expect(stand.shareIn(EAST)).to.include({ available: 4, delivered: 4, sold: 0 });
    expect((await stand.place(EAST, "one", 4)).status).to.equal(201);
  });

  it("takes units away only while they are available", async () => {
    const stand = new StockStand();
    const stock = stand.stock(EAST);
    await stock.deliver("kettle", 4, "D-1", AT);
    await stand.place(EAST, "one", 2);
    expect(await stock.deliver("kettle", -3, "C-1", AT)).to.equal("short");
    expect(await stock.deliver("kettle", -2, "C-1", AT)).to.equal("delivered");
    expect(stand.shareIn(EAST)).to.include({ available: 0, delivered: 2, sold: 2 });
  });
});
