import { expect } from "chai";
import { creditNoteKey, toCreditNote } from "../../../../domain/order/documents/creditNote";
import { invoiceKey } from "../../../../domain/order/documents/invoice";
import { itemOf, refundItemOf } from "../../../kit/orderArbitraries";

const EUR = (amount: number) => ({ amount, currency: "EUR" });
const order = itemOf({
  lines: [{ productId: "kettle", name: "Kettle <steel>", quantity: 3, unitPrice: EUR(3_490) }],
  shippingMethod: { id: "fast", name: "Fast", price: EUR(490) },
});
const tax = {
  ...{ name: "VAT", percent: 19, included: true },
  ...{ productIds: ["kettle"], base: EUR(1), amount: EUR(1) },
};

describe("toCreditNote", () => {
  it("credits pieces and shipping at the invoice's prices", () => {
    const lines = [{ productId: "kettle", quantity: 2 }];
    const page = toCreditNote(order, refundItemOf({ lines, shipping: true, amount: EUR(7_470) }), "Store");
    expect(page).to.include("Kettle &lt;steel&gt;").and.to.include("€34.90").and.to.include("€69.80");
    expect(page).to.include("Delivery: Fast").and.to.include("€4.90").and.to.include("€74.70");
    expect(page).to.include(order.orderId);
  });

  it("has one row for an amount that a merchandiser named", () => {
    const page = toCreditNote(order, refundItemOf({ amount: EUR(500) }), "Store");
    expect(page).to.include("Part of the price").and.to.include("€5.00").and.to.not.include("Kettle");
  });

  it("names the tax in it, or its proportions for a named amount", () => {
    const taxed = { ...order, taxes: [tax] };
    expect(toCreditNote(taxed, refundItemOf({ tax: EUR(119) }), "Store")).to.match(/Tax in it.*€1\.19/);
    expect(toCreditNote(taxed, refundItemOf(), "Store")).to.include("in the proportions of the invoice");
    expect(toCreditNote(order, refundItemOf(), "Store")).to.not.match(/tax/i);
  });
});

describe("creditNoteKey", () => {
  it("is beside the order's invoice, and another one for each refund", () => {
    const folder = (key: string) => key.slice(0, key.lastIndexOf("/"));
    expect(folder(creditNoteKey("ann", "A1", "R1"))).to.equal(folder(invoiceKey("ann", "A1")));
    expect(creditNoteKey("ann", "A1", "R1")).to.not.equal(creditNoteKey("ann", "A1", "R2"));
  });

  it("is in the order's language", () => {
    const lines = [{ productId: "kettle", quantity: 1 }];
    const page = toCreditNote({ ...order, language: "de" }, refundItemOf({ lines, tax: EUR(119) }), "Laden");
    for (const text of ['<html lang="de">', "Gutschrift RFND", "34,90 €", "Erstattet", "Darin enthaltene Steuer"])
      expect(page).to.contain(text);
    expect(page.replace(/<style>[\s\S]*<\/style>/, "")).to.not.match(/€\d|>[^<]*\b(credit|refunded|pieces|amount)\b/i);
  });
});
