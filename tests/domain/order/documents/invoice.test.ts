import { expect } from "chai";
import fc from "fast-check";
import { invoiceKey, type OrderItem, toInvoice } from "../../../../domain/order";
import { itemOf } from "../../../kit/orderArbitraries";

const delivered: OrderItem = {
  ...itemOf({ status: "DELIVERED" }),
  history: [
    { status: "PLACED", at: "2026-11-01T10:00:00.000Z", region: "us-east-1", epoch: 1 },
    { status: "DELIVERED", at: "2026-11-04T16:30:00.000Z", region: "us-east-1", epoch: 1 },
  ],
};

const EUR = (amount: number) => ({ amount, currency: "EUR" });
const charged = itemOf({
  total: EUR(7_470),
  shippingMethod: { id: "standard", name: "Standard <fast>", price: EUR(490) },
  taxes: [
    {
      ...{ name: "VAT", percent: 19, included: true, productIds: ["kettle"], shipping: true },
      ...{ base: EUR(7_470), amount: EUR(1_193) },
    },
  ],
});

describe("toInvoice", () => {
  it("lists items, prices, customer and date", () => {
    const page = toInvoice(delivered, "Test store");
    for (const fact of [delivered.orderId, "Test store", "Ann Example", "€69.80", "2026-11-04"]) {
      expect(page).to.contain(fact);
    }
    for (const { name, quantity } of delivered.lines)
      expect(page).to.contain(name).and.to.contain(`<td>${quantity}</td>`);
    expect(page).to.not.match(/undefined|null|\[object/);
  });

  it("lists shipping before the total and included taxes with their net amount after it", () => {
    const page = toInvoice(charged, "Test store");
    const sums = [...page.matchAll(/colspan="3">(.*?)<\/th><td>(.*?)<\/td>/g)].map(([, label, price]) => [
      label,
      price,
    ]);
    expect(sums).to.deep.equal([
      ["Shipping (Standard &lt;fast&gt;)", "€4.90"],
      ["Total", "€74.70"],
      ["Including VAT 19% on €62.77", "€11.93"],
    ]);
    expect(toInvoice(delivered, "Test store")).to.contain("Total, delivery included");
  });

  it("lists added taxes before the total", () => {
    const taxes = charged.taxes!.map((tax) => ({ ...tax, included: false }));
    const page = toInvoice({ ...charged, taxes }, "Test store");
    expect(page).to.match(/VAT 19% on €74\.70<[\s\S]*€11\.93<[\s\S]*>Total</);
  });

  it("is in the order's language", () => {
    const page = toInvoice({ ...charged, language: "de" }, "Laden");
    for (const text of [
      '<html lang="de">',
      "Rechnung 0123",
      "Versand (Standard",
      "Darin VAT 19 % auf 62,77 €",
      "74,70 €",
    ])
      expect(page).to.contain(text);
    expect(page.replace(/<style>[\s\S]*<\/style>/, "")).to.not.match(
      /€\d|>[^<]*\b(invoice|paid|total|pieces|amount)\b/i,
    );
  });

  it("writes the same bytes at any time", () => {
    expect(toInvoice(delivered, "Test store")).to.equal(toInvoice(structuredClone(delivered), "Test store"));
  });

  it("writes an accessible table in a page with language and title", () => {
    const page = toInvoice(delivered, "Test store");
    expect(page).to.match(/^<!doctype html>\n<html lang="en">/);
    expect(page).to.match(/<title>Invoice [0-9A-Z]{26} – Test store<\/title>/);
    expect(page.match(/<th scope="col">/g)).to.have.length(4);
    expect(page.match(/<th scope="row"/g)).to.have.length(delivered.lines.length + 1);
    expect(page).to.contain("<caption>");
  });

  it("contains no script and loads nothing", () => {
    const page = toInvoice(delivered, "Test store");
    expect(page).to.not.match(/<script|<link|<img|src=|url\(/i);
    expect(page).to.contain("default-src 'none'");
  });

  it("escapes the customer's input", () => {
    fc.assert(
      fc.property(fc.constantFrom("name", "street", "city"), fc.string(), (field, typed) => {
        const shipping = { ...delivered.shipping, [field]: `${typed}<script>"&'` };
        const page = toInvoice({ ...delivered, shipping }, "Test store");
        expect(page).to.not.contain("<script");
        expect(page).to.contain("&lt;script&gt;&quot;&amp;&#39;");
      }),
    );
  });

  it("has a distinct key for each order, whatever characters the customer's id contains", () => {
    expect(invoiceKey("customer-ann", "ORDER")).to.equal("invoices/customer-ann/ORDER.html");
    expect(invoiceKey("auth0|../ben", "ORDER")).to.equal("invoices/auth0%7C..%2Fben/ORDER.html");
  });
});
