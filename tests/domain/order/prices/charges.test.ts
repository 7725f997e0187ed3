import { expect } from "chai";
import fc from "fast-check";
import {
  type Charged,
  type ChargeRules,
  chargeOrder,
  computeTax,
  decideRefund,
  MAX_TOTAL_AMOUNT,
  type OrderLine,
  priceLine,
  type RefundedPart,
  type ShippingMethod,
  sumAdded,
  type TaxRules,
  type ToCharge,
} from "../../../../domain/order";

const EUR = (amount: number) => ({ amount, currency: "EUR" });

const kettle: OrderLine = { productId: "kettle", name: "Kettle", quantity: 2, unitPrice: EUR(3_490) };
const book: OrderLine = { productId: "book", name: "Book", quantity: 1, unitPrice: EUR(1_999) };

const methods: ShippingMethod[] = [
  { id: "standard", name: "Standard", price: { EUR: 490 }, freeFrom: { EUR: 10_000 }, deliveryDays: [3, 5] },
  { id: "express", name: "Express", price: { EUR: 1_290 }, countries: ["DE", "FR"] },
];
const vat: TaxRules = {
  pricesIncludeTax: true,
  rates: [
    { name: "VAT", percent: 7, countries: ["DE"], categories: ["Books"] },
    { name: "VAT", percent: 19, countries: ["DE"] },
  ],
};

function charge(rules: ChargeRules, order: Partial<ToCharge> = {}): Charged {
  const lines = order.lines ?? [kettle, book];
  return chargeOrder(
    {
      lines,
      goods: EUR(lines.reduce((sum, line) => sum + priceLine(line).amount, 0)),
      categories: new Map([
        ["kettle", "Kettles"],
        ["book", "Books"],
      ]),
      address: { country: "DE" },
      ...order,
    },
    rules,
  );
}

function charged(rules: ChargeRules, order: Partial<ToCharge> = {}) {
  const result = charge(rules, order);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  const { ok: _ok, ...rest } = result;
  return rest;
}

describe("chargeOrder", () => {
  it("adds nothing without rules", () => {
    expect(charged({})).to.deep.equal({ total: EUR(8_979), methods: [] });
  });

  it("adds the price of the chosen method, and else of the first one", () => {
    const first = charged({ shippingMethods: methods });
    expect(first.total).to.deep.equal(EUR(8_979 + 490));
    expect(first.shippingMethod).to.deep.equal({
      id: "standard",
      name: "Standard",
      price: EUR(490),
      deliveryDays: [3, 5],
    });
    const chosen = charged({ shippingMethods: methods }, { shippingMethod: "express" });
    expect(chosen.total).to.deep.equal(EUR(8_979 + 1_290));
    expect(chosen.methods.map(({ id }) => id)).to.deep.equal(["standard", "express"]);
  });

  it("offers a method free from its amount on, exactly", () => {
    const priceAt = (amount: number) =>
      charged({ shippingMethods: methods }, { lines: [{ ...book, unitPrice: EUR(amount) }] }).shippingMethod?.price;
    expect([priceAt(9_999), priceAt(10_000)]).to.deep.equal([EUR(490), EUR(0)]);
  });

  it("offers what delivers to the country and has a price in the currency", () => {
    const offered = (order: Partial<ToCharge>) => {
      const result = charge({ shippingMethods: methods }, order);
      return result.ok ? result.methods.map(({ id }) => id) : result.refusal;
    };
    expect(offered({ address: { country: "US" } })).to.deep.equal(["standard"]);
    expect(offered({ goods: { amount: 100, currency: "USD" } })).to.deep.equal({
      reason: "destination",
      country: "DE",
    });
  });

  it("refuses a method that is not offered, with those that are", () => {
    const refused = charge({ shippingMethods: methods }, { address: { country: "US" }, shippingMethod: "express" });
    expect(refused).to.have.nested.property("refusal.reason", "method");
    expect(refused).to.have.nested.property("refusal.methods.length", 1);
    expect(charge({}, { shippingMethod: "express" })).to.have.nested.property("refusal.reason", "method");
  });

  it("asks a method's own function, which sees lines with their categories and the destination", () => {
    const price: ShippingMethod["price"] = ({ lines, address }) =>
      address.country === "DE" ? lines.filter(({ category }) => category === "Kettles").length * 100 : undefined;
    const shippingMethods = [{ id: "own", name: "Own", price }];
    expect(charged({ shippingMethods }).shippingMethod?.price).to.deep.equal(EUR(100));
    expect(charge({ shippingMethods }, { address: { country: "US" } })).to.have.property("ok", false);
  });

  it("throws for a price or a rate that is none", () => {
    for (const amount of [-1, 1.5, Number.NaN, 100_000_001]) {
      const shippingMethods = [{ id: "own", name: "Own", price: () => amount }];
      expect(() => charge({ shippingMethods })).to.throw(`The price of the shipping method own is ${amount};`);
    }
    for (const percent of [-1, 100.5, 8.87555, Number.NaN]) {
      const tax = { pricesIncludeTax: false, rates: [{ name: "Tax", percent: () => percent }] };
      expect(() => charge({ tax })).to.throw(`The rate of Tax is ${percent};`);
    }
  });

  it("shows tax that prices include, once for each rate, without adding it", () => {
    const { total, taxes } = charged({ shippingMethods: methods, tax: vat });
    expect(total).to.deep.equal(EUR(8_979 + 490));
    expect(taxes).to.deep.equal([
      { name: "VAT", percent: 7, included: true, base: EUR(1_999), amount: EUR(131), productIds: ["book"] },
      {
        name: "VAT",
        percent: 19,
        included: true,
        base: EUR(7_470),
        amount: EUR(1_193),
        productIds: ["kettle"],
        shipping: true,
      },
    ]);
  });

  it("adds tax that prices do not include", () => {
    const { total, taxes } = charged({ tax: { ...vat, pricesIncludeTax: false } });
    expect(taxes?.map(({ amount }) => amount.amount)).to.deep.equal([140, 1_326]);
    expect(total).to.deep.equal(EUR(8_979 + 140 + 1_326));
  });

  it("rounds once for each rate, not for each line", () => {
    const cheap = ["a", "b", "c"].map((productId) => ({ productId, name: productId, quantity: 1, unitPrice: EUR(6) }));
    const tax = { pricesIncludeTax: false, rates: [{ name: "Tax", percent: 8 }] };
    // 0.48 a line would be 0 three times; 8% of 18 is 1.44.
    expect(charged({ tax }, { lines: cheap }).taxes?.map(({ amount }) => amount.amount)).to.deep.equal([1]);
  });

  it("taxes shipping by its own category", () => {
    const { taxes } = charged({ shippingMethods: methods, tax: { ...vat, shippingCategory: "Books" } });
    expect(taxes?.map(({ shipping }) => shipping)).to.deep.equal([true, undefined]);
  });

  it("has no tax where no rate applies, and shows a rate of 0", () => {
    expect(charged({ tax: vat }, { address: { country: "US" } })).to.not.have.property("taxes");
    const rates = [...vat.rates, { name: "VAT", percent: 0 }];
    const { taxes } = charged({ tax: { ...vat, rates } }, { address: { country: "US" } });
    expect(taxes?.map(({ percent, amount }) => [percent, amount.amount])).to.deep.equal([[0, 0]]);
  });

  it("asks a rate's own function, then the next rate", () => {
    const rates = [
      { name: "Own", percent: ({ category }: { category?: string }) => (category === "Books" ? 5.5 : undefined) },
      { name: "Rest", percent: 20 },
    ];
    const { taxes } = charged({ tax: { pricesIncludeTax: false, rates } });
    expect(taxes?.map(({ name, base }) => [name, base.amount])).to.deep.equal([
      ["Own", 1_999],
      ["Rest", 6_980],
    ]);
  });

  it("refuses a total that no contract allows", () => {
    const lines = [{ ...book, quantity: 1, unitPrice: EUR(MAX_TOTAL_AMOUNT) }];
    expect(charge({ shippingMethods: methods }, { lines })).to.have.property("ok", true);
    const refused = charge({ shippingMethods: methods }, { lines, shippingMethod: "express" });
    expect(refused).to.have.nested.property("refusal.reason", "too-much");
  });
});

describe("computeTax", () => {
  it("rounds half up", () => {
    expect(computeTax({ percent: 10, included: false }, 4)).to.equal(0);
    expect(computeTax({ percent: 10, included: false }, 5)).to.equal(1);
    expect(computeTax({ percent: 8.875, included: false }, 10_000)).to.equal(888);
    expect(computeTax({ percent: 19, included: true }, 11_900)).to.equal(1_900);
  });

  it("is exact for the largest total", () => {
    // 494,999,999,999 × 8.875% = 43,931,249,999.91
    expect(computeTax({ percent: 8.875, included: false }, 494_999_999_999)).to.equal(43_931_250_000);
  });
});

const percents = fc.integer({ min: 0, max: 1_000_000 }).map((units) => units / 10_000);
const orderLines = fc
  .array(fc.record({ quantity: fc.integer({ min: 1, max: 99 }), amount: fc.integer({ min: 0, max: 100_000 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((given) =>
    given.map(({ quantity, amount }, index) => ({
      productId: `p${index}`,
      name: `P${index}`,
      quantity,
      unitPrice: EUR(amount),
    })),
  );
const rules = fc.record({
  shippingMethods: fc.constantFrom<ShippingMethod[]>([], methods),
  tax: fc.option(
    fc.record({
      pricesIncludeTax: fc.boolean(),
      rates: fc.array(
        fc.record(
          { name: fc.constantFrom("VAT", "Tax"), percent: percents, categories: fc.constantFrom(["odd"], ["even"]) },
          { requiredKeys: ["name", "percent"] },
        ),
        { maxLength: 3 },
      ),
    }),
    { nil: undefined },
  ),
});
const categories = new Map(Array.from({ length: 6 }, (_, index) => [`p${index}`, index % 2 ? "odd" : "even"] as const));

describe("properties of charges", () => {
  it("make the total the sum of the lines, of shipping and of added tax, in whole minor units", () => {
    fc.assert(
      fc.property(orderLines, rules, (lines, given) => {
        const { total, shippingMethod, taxes } = charged(given, { lines, categories });
        const parts = [
          ...lines.map((line) => priceLine(line).amount),
          shippingMethod?.price.amount ?? 0,
          sumAdded(taxes),
        ];
        expect(total.amount).to.equal(parts.reduce((sum, part) => sum + part, 0));
        expect(Number.isSafeInteger(total.amount)).to.equal(true);
        for (const { amount, base, percent, included } of taxes ?? []) {
          const exact = (base.amount * percent) / (included ? 100 + percent : 100);
          expect(Math.abs(amount.amount - exact)).to.be.at.most(0.5 + 1e-6);
        }
      }),
    );
  });

  it("tax each line by one rate at most", () => {
    fc.assert(
      fc.property(orderLines, rules, (lines, given) => {
        const { taxes = [] } = charged(given, { lines, categories });
        const taxed = taxes.flatMap(({ productIds }) => productIds);
        expect(new Set(taxed).size).to.equal(taxed.length);
        expect(taxes.filter(({ shipping }) => shipping).length).to.be.at.most(1);
      }),
    );
  });

  it("make refunds of each piece and of shipping, in any order, add up to the total and its tax", () => {
    const scenario = fc.tuple(orderLines, rules).chain(([lines, given]) => {
      const pieces: RefundedPart[] = lines.flatMap(({ productId, quantity }) => {
        const first = Math.ceil(quantity / 2);
        return [first, quantity - first].flatMap((part) => (part ? [{ lines: [{ productId, quantity: part }] }] : []));
      });
      const shipping = given.shippingMethods.length > 0 ? [{ shipping: true }] : [];
      const parts = [...pieces, ...shipping];
      return fc.record({
        lines: fc.constant(lines),
        given: fc.constant(given),
        parts: fc.shuffledSubarray(parts, { minLength: parts.length }),
      });
    });
    fc.assert(
      fc.property(scenario, ({ lines, given, parts }) => {
        const { total, shippingMethod, taxes } = charged(given, { lines, categories });
        const order = { status: "DELIVERED" as const, lines, total, shippingMethod, taxes };
        const made: Parameters<typeof decideRefund>[1][number][] = [];
        let [refunded, tax] = [0, 0];
        for (const part of parts) {
          const decided = decideRefund(order, made, part);
          if (!decided.ok) {
            // Nothing to refund for what was free.
            expect(decided.refusal).to.have.property("reason", "exceeds");
            made.push({ ...part, status: "REFUNDED", amount: EUR(0) } as (typeof made)[number]);
            continue;
          }
          refunded += decided.amount.amount;
          tax += decided.tax?.amount ?? 0;
          made.push({ ...part, status: "REFUNDED", amount: decided.amount } as (typeof made)[number]);
        }
        expect(refunded).to.equal(total.amount);
        expect(tax).to.equal((taxes ?? []).reduce((sum, { amount }) => sum + amount.amount, 0));
      }),
    );
  });
});
