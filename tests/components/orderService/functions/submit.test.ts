import { expect } from "chai";
import { bundleOf, register } from "../../../kit/orderServiceStand";

describe("The function that takes orders", function () {
  this.timeout(180_000);

  it("bundles functions of shipping methods and taxes into the function that takes orders alone", async () => {
    const { of } = await register({
      shippingMethods: [
        { id: "own", name: "Own Carrier", price: ({ address }) => (address.country === "DE" ? 4_321 : undefined) },
      ],
      tax: { pricesIncludeTax: true, rates: [{ name: "Own Tax", percent: ({ category }) => (category ? 8.8757 : 0) }] },
    });
    const bundles = of("Function").map(async ({ name, inputs }) => [name, await bundleOf(inputs)] as const);
    const having = (await Promise.all(bundles)).filter(([, text]) => text.includes("Own Carrier"));
    expect(having.map(([name]) => name)).to.deep.equal(["orders-submit-function"]);
    expect(having[0]?.[1])
      .to.match(/4_?321/)
      .and.contain("Own Tax")
      .and.contain("8.8757");
  });
});
