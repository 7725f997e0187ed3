import { expect } from "chai";
import {
  advance,
  effectiveItem,
  nextStep,
  ORDER_SCHEMA,
  type OrderItem,
  onForeignRecord,
  type Partition,
  takeOver,
  toMail,
} from "../../../domain/order";
import { itemOf } from "../../kit/orderArbitraries";

/** An item of the next release, with attributes that this release does not know. */
interface NextItem extends OrderItem {
  giftNote: string;
  lines: (OrderItem["lines"][number] & { wrapping: string })[];
}

const EAST = "us-east-1";
const WEST = "us-west-2";
const moment = { at: "2026-02-01T00:00:00.000Z" };

function next(given: Partial<OrderItem> = {}): NextItem {
  const item = itemOf({ schema: ORDER_SCHEMA + 1, ...given });
  return { ...item, giftNote: "Happy birthday", lines: item.lines.map((line) => ({ ...line, wrapping: "red" })) };
}

const partition = (...orders: OrderItem[]): Partition<OrderItem> => ({ orders, cancelWished: false });

describe("two Regions with two releases", () => {
  for (const status of ["PLACED", "PAID"] as const) {
    it(`take over a ${status} order of the next release with its unknown attributes`, () => {
      const write = takeOver(partition(next({ region: EAST, status })), WEST, moment);
      expect(write?.item).to.deep.include({ region: WEST, epoch: 2, status, schema: ORDER_SCHEMA + 1 });
      expect(write?.item).to.have.property("giftNote", "Happy birthday");
      expect(write?.item.lines[0]).to.have.property("wrapping", "red");
    });
  }

  it("return an order unchanged to the release that placed it", () => {
    const original = next({ region: EAST });
    const taken = takeOver(partition(original), WEST, moment)!.item;
    const paid = advance(taken, "PAID", moment).item;
    const back = takeOver(partition(original, paid), EAST, moment)!.item;
    expect(back).to.deep.include({ region: EAST, epoch: 3, status: "PAID", version: original.version + 1 });
    expect(back).to.have.property("giftNote", "Happy birthday");
    expect(back.schema).to.equal(ORDER_SCHEMA + 1);
  });

  it("keep shipping and taxes of an order that a release without them takes over, and show an order without", () => {
    const price = { amount: 490, currency: "EUR" };
    const charges = {
      shippingMethod: { id: "standard", name: "Standard", price },
      taxes: [{ name: "VAT", percent: 19, included: true, base: price, amount: price, productIds: ["kettle"] }],
    };
    const taken = takeOver(partition(itemOf({ region: EAST, ...charges })), WEST, moment)!.item;
    expect(advance(taken, "PAID", moment).item).to.deep.include(charges);
    const earlier = takeOver(partition(itemOf({ region: EAST, status: "PAID" })), WEST, moment)!.item;
    expect(earlier).to.not.have.any.keys("shippingMethod", "taxes");
    const { text } = toMail(earlier, "PLACED", "Store");
    expect(text).to.contain("Total: €69.80, delivery included");
  });

  it("agree on the effective item", () => {
    const theirs = next({ region: WEST, epoch: 2, status: "PAID" });
    const ours = itemOf({ region: EAST, status: "PAID" });
    expect(effectiveItem([ours, theirs])).to.equal(theirs);
    expect(nextStep(partition(ours, theirs), { region: EAST, epoch: 1 })).to.deep.equal({ kind: "supersede" });
    expect(onForeignRecord(partition(ours, theirs), EAST, moment)?.item).to.include({ status: "SUPERSEDED" });
    expect(nextStep(partition(ours, theirs), { region: WEST, epoch: 2 })).to.deep.equal({
      kind: "act",
      action: "capture",
    });
  });

  it("finish an order of the next release without losing attributes", () => {
    const shipped = ["PAID", "SHIPPING", "SHIPPED", "DELIVERED"] as const;
    const end = shipped.reduce<OrderItem>((item, status) => advance(item, status, moment).item, next());
    expect(end).to.deep.include({ status: "DELIVERED", schema: ORDER_SCHEMA + 1 });
    expect(end).to.have.property("giftNote", "Happy birthday");
    expect(end.history.map(({ status }) => status)).to.deep.equal(["PLACED", ...shipped]);
  });
});
