import { expect } from "chai";
import { EAST, StockStand } from "../../../kit/stockStand";

describe("Catalogue", () => {
  it("reads each product once, and leaves out those that the table does not have", async () => {
    const stand = new StockStand();
    stand.product("mug", { price: { amount: 990, currency: "EUR" } });
    const products = await stand.catalogue(EAST).products(["mug", "kettle", "none", "mug"]);
    expect(products.map(({ productId, price }) => [productId, price.amount])).to.have.deep.members([
      ["mug", 990],
      ["kettle", 3_490],
    ]);
    const [request] = stand.sent.get(EAST)!;
    const { products: asked } = request!.input["RequestItems"] as { products: { Keys: object[] } };
    expect(asked.Keys).to.have.length(3);
  });
});
