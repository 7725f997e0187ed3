import { expect } from "chai";
import { toChargeRows } from "../../../../domain/order/prices/chargeRows";

const EUR = (amount: number) => ({ amount, currency: "EUR" });
const tax = (included: boolean) => ({
  ...{ name: "VAT", percent: 19, included, productIds: ["kettle"] },
  ...{ base: EUR(1_190), amount: EUR(190) },
});

describe("toChargeRows", () => {
  it("has shipping and added taxes before the total", () => {
    const shippingMethod = { id: "fast", name: "Fast", price: EUR(490) };
    expect(toChargeRows({ shippingMethod, taxes: [tax(false)] })).to.deep.equal({
      before: [
        { label: "Shipping (Fast)", price: EUR(490) },
        { label: "VAT 19%", price: EUR(190) },
      ],
      after: [],
    });
  });

  it("has taxes that prices include after it", () => {
    expect(toChargeRows({ taxes: [tax(true)] })).to.deep.equal({
      before: [],
      after: [{ label: "Including VAT 19%", price: EUR(190) }],
    });
  });

  it("takes an included tax from the net amount, and no added one", () => {
    expect(toChargeRows({ taxes: [tax(true)] }, true).after[0]?.label).to.equal("Including VAT 19% on €10.00");
    expect(toChargeRows({ taxes: [tax(false)] }, true).before[0]?.label).to.equal("VAT 19% on €11.90");
  });

  it("has no rows for an order without charges", () => {
    expect(toChargeRows({})).to.deep.equal({ before: [], after: [] });
  });
});
