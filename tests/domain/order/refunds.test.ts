import { expect } from "chai";
import {
  type ChargeRules,
  chargeOrder,
  decideRefund,
  isRefundDue,
  MAX_REFUNDS,
  type OrderItem,
  type OrderLine,
  settleRefund,
  sweepRefund,
  takeOverRefund,
  toRefunds,
} from "../../../domain/order";
import { refundItemOf } from "../../kit/orderArbitraries";

const EAST = "us-east-1";
const WEST = "us-west-2";
const moment = { at: "2026-03-01T12:00:00.000Z" };
const EUR = (amount: number) => ({ amount, currency: "EUR" });
const kettle: OrderLine = { productId: "kettle", name: "Kettle", quantity: 2, unitPrice: EUR(3_490) };
const book: OrderLine = { productId: "book", name: "Book", quantity: 1, unitPrice: EUR(1_999) };

const rules: ChargeRules = {
  shippingMethods: [{ id: "standard", name: "Standard", price: { EUR: 490 } }],
  tax: {
    pricesIncludeTax: false,
    rates: [
      { name: "VAT", percent: 7, countries: ["DE"], categories: ["Books"] },
      { name: "VAT", percent: 19, countries: ["DE"] },
    ],
  },
};

describe("decideRefund with shipping and tax", () => {
  const charged = chargeOrder(
    {
      lines: [kettle, book],
      goods: EUR(8_979),
      categories: new Map([
        ["kettle", "Kettles"],
        ["book", "Books"],
      ]),
      address: { country: "DE" },
    },
    rules,
  );
  if (!charged.ok) throw new Error(JSON.stringify(charged.refusal));
  const { total, shippingMethod, taxes } = charged;
  const order: Pick<OrderItem, "status" | "lines" | "total" | "shippingMethod" | "taxes"> = {
    ...{ status: "SHIPPING", lines: [kettle, book], total, shippingMethod, taxes },
  };

  it("refunds a line with its tax", () => {
    const decided = decideRefund(order, [], { lines: [{ productId: "kettle", quantity: 1 }] });
    expect(decided).to.deep.equal({ ok: true, amount: EUR(3_490 + 663), tax: EUR(663) });
  });

  it("refunds shipping with its tax, once", () => {
    const decided = decideRefund(order, [], { shipping: true });
    expect(decided).to.deep.equal({ ok: true, amount: EUR(490 + 93), tax: EUR(93) });
    const again = decideRefund(order, [{ status: "REQUESTED", amount: EUR(583), shipping: true }], { shipping: true });
    expect(again).to.have.nested.property("refusal.reason", "shipping-refunded");
    const refused = decideRefund(order, [{ status: "REFUSED", amount: EUR(583), shipping: true }], { shipping: true });
    expect(refused).to.have.property("ok", true);
  });

  it("refuses shipping of an order without", () => {
    const decided = decideRefund({ ...order, shippingMethod: undefined }, [], { shipping: true });
    expect(decided).to.have.nested.property("refusal.reason", "no-shipping");
  });

  it("names no tax of an amount", () => {
    expect(decideRefund(order, [], { amount: 100 })).to.deep.equal({ ok: true, amount: EUR(100) });
  });
});

describe("decideRefund", () => {
  const order = { status: "DELIVERED" as const, lines: [kettle, book], total: EUR(8_979) };
  const made = (quantity: number) => ({
    ...{ status: "REFUNDED" as const, amount: EUR(3_490 * quantity), lines: [{ productId: "kettle", quantity }] },
  });
  const reasonOf = (...given: Parameters<typeof decideRefund>) => {
    const decided = decideRefund(...given);
    return decided.ok ? undefined : decided.refusal;
  };

  it("refunds pieces at the prices of the order, up to those that are left", () => {
    const lines = [{ productId: "kettle", quantity: 1 }];
    expect(decideRefund(order, [made(1)], { lines })).to.deep.equal({ ok: true, amount: EUR(3_490) });
    expect(reasonOf(order, [made(2)], { lines })).to.deep.equal({
      reason: "too-many-pieces",
      lines: [{ productId: "kettle", quantity: 0 }],
    });
  });

  it("refunds no more than is left of the total", () => {
    expect(reasonOf(order, [made(1)], { amount: 5_490 })).to.deep.equal({ reason: "exceeds", left: EUR(5_489) });
    expect(decideRefund(order, [made(1)], { amount: 5_489 })).to.have.property("ok", true);
    expect(reasonOf(order, [], { amount: 0 })).to.have.property("reason", "exceeds");
  });

  it("refuses lines that the order does not have", () => {
    const lines = [{ productId: "teapot", quantity: 1 }];
    expect(reasonOf(order, [], { lines })).to.deep.equal({ reason: "unknown-lines", productIds: ["teapot"] });
  });

  it("refuses an order that is not captured, and one refund too many", () => {
    expect(reasonOf({ ...order, status: "PLACED" }, [], { amount: 1 })).to.deep.equal({ reason: "status" });
    const many = Array.from({ length: MAX_REFUNDS }, () => ({ status: "REFUNDED" as const, amount: EUR(1) }));
    expect(reasonOf(order, many, { amount: 1 })).to.deep.equal({ reason: "too-many-refunds" });
    expect(reasonOf(order, many.slice(1), { amount: 1 })).to.equal(undefined);
  });
});

describe("settleRefund", () => {
  const own = refundItemOf({ version: 3 });

  it("records the provider's answer, if the item is as it was read", () => {
    for (const [answer, status] of [
      ["refunded", "REFUNDED"],
      ["refused", "REFUSED"],
    ] as const) {
      const { item, version } = settleRefund(own, { status: answer }, moment);
      expect({ status: item.status, version }).to.deep.equal({ status, version: 3 });
      expect(item.version).to.equal(4);
      expect(item.openIn, "swept").to.equal(undefined);
    }
  });
});

describe("isRefundDue", () => {
  it("is true for the attempt of a refund that is to be made", () => {
    expect(isRefundDue(refundItemOf({ attempt: 2 }), 2)).to.equal(true);
    expect(isRefundDue(refundItemOf({ attempt: 2 }), 1)).to.equal(false);
    expect(isRefundDue(refundItemOf({ status: "REFUNDED" }), 1)).to.equal(false);
    expect(isRefundDue(undefined, 1)).to.equal(false);
  });
});

describe("takeOverRefund", () => {
  it("requests a refund of the lost Region again under its id", () => {
    const lost = refundItemOf({ owner: EAST });
    const write = takeOverRefund([lost], WEST, moment);
    expect(write?.version).to.equal(undefined);
    expect(write?.item).to.include({ refundId: lost.refundId, owner: WEST, status: "REQUESTED" });
  });

  it("leaves a refund alone that is made, or that the Region has", () => {
    expect(takeOverRefund([refundItemOf({ owner: EAST, status: "REFUNDED" })], WEST, moment)).to.equal(undefined);
    expect(takeOverRefund([refundItemOf({ owner: WEST })], WEST, moment)).to.equal(undefined);
  });
});

describe("sweepRefund", () => {
  it("starts the next attempt of a refund that is to be made, and nothing of another", () => {
    const swept = sweepRefund(refundItemOf({ attempt: 1, version: 1 }), moment);
    expect(swept.kind === "restart" && swept.write.item).to.include({ attempt: 2, version: 2, status: "REQUESTED" });
    expect(sweepRefund(refundItemOf({ status: "REFUSED" }), moment)).to.deep.equal({ kind: "nothing" });
  });
});

describe("toRefunds", () => {
  it("has one item of a refund that both Regions have: the one that is decided", () => {
    const east = refundItemOf({ owner: EAST });
    const west = refundItemOf({ owner: WEST, status: "REFUNDED" });
    expect(toRefunds([east, west])).to.deep.equal([west]);
    expect(toRefunds([west, east])).to.deep.equal([west]);
  });
});
