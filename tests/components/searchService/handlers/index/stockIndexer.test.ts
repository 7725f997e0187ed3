import type { DynamoDBStreamEvent } from "aws-lambda";
import { expect } from "chai";
import { isOfStock } from "../../../../../components/searchService/handlers/index/stockIndexer";
import { toDocument } from "../../../../../domain/catalogue/search/searchIndex";
import { emptyShare } from "../../../../../domain/stock";
import { product, written } from "../../../../kit/searchFakes";
import { EAST, recordOf, stockIndexStand, WEST } from "../../../../kit/stockIndexStand";

const kettle = product("kettle", { counted: true, version: 3 });
const done = { batchItemFailures: [] };

describe("createStockIndexer", () => {
  it("shows a counted product as sold out from its first document, and its units once they are delivered", async () => {
    const { indexProducts, indexStock, change, shown } = stockIndexStand();
    await indexProducts(kettle);
    expect(shown("kettle")).to.deep.equal({ soldOut: true });
    expect(await indexStock(change("kettle", 3))).to.deep.equal(done);
    expect(shown("kettle")).to.deep.equal({ soldOut: false, left: 3 });
    await indexStock(change("kettle", 40, WEST));
    expect(shown("kettle")).to.deep.equal({ soldOut: false });
  });

  it("keeps the document's version and content", async () => {
    const { indexProducts, indexStock, change, documents } = stockIndexStand();
    await indexProducts(kettle);
    await indexStock(change("kettle", 2));
    expect(documents.get("kettle")).to.deep.equal({ ...toDocument(kettle), stock: { soldOut: false, left: 2 } });
  });

  it("asks the engine nothing while many units are left, and writes nothing while the shown stock stays the same", async () => {
    const { indexProducts, indexStock, change, state } = stockIndexStand();
    await indexStock(change("kettle", 100));
    await indexProducts(kettle);
    const { writes, asked } = state;
    await indexStock(change("kettle", 99), change("kettle", 98));
    expect(state).to.include({ writes, asked });
    // Units move between Regions: the sum stays.
    change("kettle", 2);
    await indexStock(change("kettle", 1, WEST));
    const moved = state.writes;
    await indexStock(change("kettle", 1), change("kettle", 2, WEST));
    expect(state.writes).to.equal(moved);
  });

  it("leaves products alone that are not indexed, deleted or no longer counted", async () => {
    const { indexProducts, indexStock, change, documents } = stockIndexStand();
    await indexProducts(product("mug"), { ...product("cup"), deletedAt: "2026-11-02T00:00:00.000Z" });
    const before = new Map(documents);
    expect(await indexStock(change("mug", 1), change("cup", 1), change("none", 1))).to.deep.equal(done);
    expect(documents).to.deep.equal(before);
  });

  it("repeats the batch while the engine does not answer", async () => {
    const { indexProducts, indexStock, change, state } = stockIndexStand();
    await indexProducts(kettle);
    const records = [change("kettle", 2), change("kettle", 1)];
    state.fails = Object.assign(new Error("refused"), { statusCode: 400 });
    expect(await indexStock(...records)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: records[0]!.dynamodb!.SequenceNumber }],
    });
  });
});

describe("isOfStock", () => {
  it("tells the records of the two streams apart", () => {
    const shares: DynamoDBStreamEvent = { Records: [recordOf(undefined, emptyShare("kettle", EAST))] };
    expect(isOfStock(shares)).to.equal(true);
    expect(isOfStock(written(kettle))).to.equal(false);
  });
});
