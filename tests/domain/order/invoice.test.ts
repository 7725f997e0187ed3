import { expect } from "chai";
import fc from "fast-check";
import { invoiceKey, type OrderItem, toInvoice } from "../../../domain/order";
import { itemOf } from "../../kit/orderArbitraries";

const delivered: OrderItem = {
  ...itemOf({ status: "DELIVERED" }),
  history: [
    { status: "PLACED", at: "2026-11-01T10:00:00.000Z", region: "us-east-1", epoch: 1 },
    { status: "DELIVERED", at: "2026-11-04T16:30:00.000Z", region: "us-east-1", epoch: 1 },
  ],
};

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
