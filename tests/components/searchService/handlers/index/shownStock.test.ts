import { expect } from "chai";
import { product } from "../../../../kit/searchFakes";
import { stockIndexStand } from "../../../../kit/stockIndexStand";

const kettle = product("kettle", { counted: true, version: 3 });
const done = { batchItemFailures: [] };

describe("indexWithStock", () => {
  it("reads nothing for products that are not counted", async () => {
    const { indexProducts, state, shown } = stockIndexStand();
    await indexProducts(product("mug"));
    expect(state.reads).to.equal(0);
    expect(shown("mug")).to.equal(undefined);
  });

  it("writes again if the stock changes between its read and the write", async () => {
    const { indexProducts, change, shown, state } = stockIndexStand();
    change("kettle", 1);
    // The other stream's writer has handled the sale already when this older read is written.
    state.beforeWrite = () => {
      state.beforeWrite = () => {};
      change("kettle", 0);
    };
    expect(await indexProducts(kettle)).to.deep.equal(done);
    expect(shown("kettle")).to.deep.equal({ soldOut: true });
  });

  it("postpones a product whose stock changes during every write", async () => {
    const { indexProducts, indexStock, change, state } = stockIndexStand();
    await indexProducts(kettle);
    let units = 0;
    state.beforeWrite = () => change("kettle", ++units % 2);
    const record = change("kettle", 5);
    expect(await indexStock(record)).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: record.dynamodb!.SequenceNumber }],
    });
    expect(state.writes).to.be.at.most(10);
  });

  it("reads all products of a batch", async () => {
    const { indexProducts, change, shown } = stockIndexStand();
    const products = Array.from({ length: 30 }, (_, index) => product(`p-${index}`, { counted: true }));
    change("p-29", 2);
    expect(await indexProducts(...products, product("mug"))).to.deep.equal(done);
    expect([shown("p-0"), shown("p-29"), shown("mug")]).to.deep.equal([
      ...[{ soldOut: true }, { soldOut: false, left: 2 }, undefined],
    ]);
  });
});
