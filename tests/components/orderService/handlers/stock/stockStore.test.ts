import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { StockStore } from "../../../../../components/orderService/handlers/stock/stockStore";
import { answeringClient } from "../../../../kit/orderFakes";
import { EAST, StockStand, WEST } from "../../../../kit/stockStand";

const AT = "2026-01-01T00:00:00.000Z";

describe("StockStore", () => {
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

  it("refuses another number of units under a delivery's id", async () => {
    const stand = new StockStand();
    await stand.stock(EAST).deliver("kettle", 4, "D-1", AT);
    expect(await stand.stock(EAST).deliver("kettle", 5, "D-1", AT)).to.equal("different");
    expect(stand.shareIn(EAST)).to.include({ available: 4 });
  });

  it("withdraws its units of a delivery that both Regions wrote, once", async () => {
    const stand = new StockStand();
    await stand.stock(EAST).deliver("kettle", 4, "D-1", AT);
    await stand.stock(WEST).deliver("kettle", 4, "D-1", AT);
    await stand.settle({ lose: true });
    const known = await stand.stock(WEST).deliveries("kettle", "D-1");
    expect(await stand.stock(EAST).withdrawRepeated(known)).to.equal(false);
    expect(await stand.stock(WEST).withdrawRepeated(known)).to.equal(true);
    expect(await stand.stock(WEST).withdrawRepeated(known)).to.equal(false);
    expect(stand.shareIn(WEST)).to.include({ available: 0 });
  });

  it("changes a share only from the count that was read, and while it has enough units", async () => {
    const stand = new StockStand();
    stand.share(EAST, 3);
    const change = (expected: number, by: number, atLeast?: number) =>
      stand.stock(EAST).change("kettle", { counter: `given#${WEST}`, expected, by, units: -by, atLeast } as never);
    expect([await change(0, 2, 2), await change(0, 1, 1), await change(2, 2, 2), await change(2, 1, 1)]).to.deep.equal([
      ...[true, false, false, true],
    ]);
    expect(stand.shareIn(EAST)).to.include({ available: 0, [`given#${WEST}`]: 3 });
  });

  it("reads all shares of a Region over the pages of a scan", async () => {
    const { client, sent } = answeringClient<DynamoDBDocumentClient>((_name, { ExclusiveStartKey }) =>
      ExclusiveStartKey === undefined
        ? { Items: [], LastEvaluatedKey: { productId: "a" } }
        : { Items: [{ productId: "b" }] },
    );
    const shares = await new StockStore(client, "stock", EAST).sharesOf(WEST);
    expect(shares.map(({ productId }) => productId)).to.deep.equal(["b"]);
    expect(sent).to.have.length(2);
  });
});
