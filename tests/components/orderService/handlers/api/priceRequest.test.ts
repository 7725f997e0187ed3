import { expect } from "chai";
import { createPriceRequest, type ToPrice } from "../../../../../components/orderService/handlers/api/priceRequest";
import { charges } from "../../../../kit/orderIntake";
import { EAST, StockStand } from "../../../../kit/stockStand";

const lines = [{ productId: "kettle", quantity: 2 }];

function stand(rules = charges) {
  const tables = new StockStand();
  const price = createPriceRequest(tables.catalogue(EAST), rules);
  return {
    reads: () => tables.sent.get(EAST)!.length,
    price: async (changes: Partial<ToPrice> = {}) => {
      const priced = await price({ lines, address: { country: "US" }, ...changes });
      return priced.ok
        ? { method: priced.shippingMethod?.id, goods: priced.goods.amount, total: priced.total.amount }
        : { status: priced.response.statusCode };
    },
  };
}

describe("createPriceRequest", () => {
  it("adds shipping to the goods, by one read of the catalogue", async () => {
    const { price, reads } = stand();
    expect(await price({ shippingMethod: "express" })).to.deep.equal({ method: "express", goods: 6_980, total: 8_270 });
    expect(reads()).to.equal(1);
  });

  it("replaces a method that is not offered for a wish, and refuses it otherwise", async () => {
    const { price } = stand();
    const abroad = { address: { country: "FR" }, shippingMethod: "express" };
    expect(await price({ ...abroad, isWish: true })).to.deep.equal({ method: "standard", goods: 6_980, total: 7_470 });
    expect(await price(abroad)).to.deep.equal({ status: 422 });
  });

  it("refuses a wish too, if no method delivers to the address or a product is unknown", async () => {
    const { price } = stand({ shippingMethods: [charges.shippingMethods![1]!] });
    expect(await price({ address: { country: "FR" }, isWish: true })).to.deep.equal({ status: 422 });
    expect(await price({ lines: [{ productId: "none", quantity: 1 }], isWish: true })).to.deep.equal({ status: 422 });
  });
});
