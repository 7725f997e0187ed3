import { expect } from "chai";
import fc from "fast-check";
import { type PricedProduct, priceOrder } from "../../../../domain/order";

describe("priceOrder", () => {
  const product = (productId: string, more: Partial<PricedProduct> = {}): PricedProduct => ({
    productId,
    name: productId,
    price: { amount: 100, currency: "EUR" },
    availability: "in-stock",
    ...more,
  });

  it("sums up the catalogue's prices in minor units", () => {
    const amount = fc.integer({ min: 0, max: 1_000_000_000 });
    const quantity = fc.integer({ min: 1, max: 99 });
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, quantity), { minLength: 1, maxLength: 50 }), (lines) => {
        const products = lines.map(([each], index) =>
          product(`p${index}`, { price: { amount: each, currency: "EUR" } }),
        );
        const priced = priceOrder(
          lines.map(([, pieces], index) => ({ productId: `p${index}`, quantity: pieces })),
          products,
        );
        if (!priced.ok) throw new Error(JSON.stringify(priced));
        const total = lines.reduce((sum, [each, pieces]) => sum + BigInt(each) * BigInt(pieces), 0n);
        expect(BigInt(priced.total.amount)).to.equal(total);
      }),
    );
  });

  const refused: [string, PricedProduct[], number, string][] = [
    ["unknown", [], 1, "unknown"],
    ["deleted", [product("a", { deletedAt: "2026-01-01T00:00:00.000Z" })], 1, "unknown"],
    ["out of stock", [product("a", { availability: "out-of-stock" })], 1, "unavailable"],
    ["no longer sold", [product("a", { availability: "discontinued" })], 1, "unavailable"],
    ["ordered above its limit", [product("a", { maxPerOrder: 2 })], 3, "too-many"],
  ];
  for (const [what, products, quantity, reason] of refused) {
    it(`refuses a product that is ${what}`, () => {
      const priced = priceOrder([{ productId: "a", quantity }], products);
      expect(priced).to.have.nested.property("refusal.reason", reason);
    });
  }

  it("refuses two currencies in one order", () => {
    const products = [product("a"), product("b", { price: { amount: 1, currency: "USD" } })];
    const priced = priceOrder(
      ["a", "b"].map((productId) => ({ productId, quantity: 1 })),
      products,
    );
    expect(priced).to.have.nested.property("refusal.reason", "currencies");
  });
});
