import { expect } from "chai";
import { formatMoney } from "../../../../domain/money";
import { ORDER_STATUSES, toMail, toNotification, toRefundMail, toRefundSms, toSms } from "../../../../domain/order";
import { itemOf, refundItemOf } from "../../../kit/orderArbitraries";

const statuses = ORDER_STATUSES.filter((status) => status !== "SUPERSEDED");

describe("notifications (rule 13)", () => {
  it("contain order, customer and status, and no other personal data", () => {
    const notification = toNotification(itemOf({ status: "PAID" }))!;
    expect(notification.id).to.equal(`${notification.orderId}-PAID`);
    expect(notification).to.have.all.keys("schema", "id", "orderId", "customerId", "status", "region", "at", "total");
  });

  it("do not exist for a superseded item", () => {
    expect(toNotification(itemOf({ status: "SUPERSEDED" }))).to.equal(undefined);
  });

  for (const status of statuses) {
    it(`report ${status} in a mail that names the order, and in a text message of one SMS`, () => {
      const order = itemOf({ shipment: { trackingNumber: "HP1234567890", carrier: "Harbour Parcel" } });
      const { subject, text } = toMail(order, status, "Test store");
      expect(subject).to.contain(order.orderId);
      expect(subject.length).to.be.below(80);
      expect(text)
        .to.match(/^Hello Ann Example,\n/)
        .and.to.match(/Your Test store team\n$/);
      expect(text).to.not.match(/undefined|null|\[object/);
      expect(toSms(order, status, "Test store").length).to.be.at.most(160);
    });
  }

  it("are in the order's language, with its prices", () => {
    const order = itemOf({
      language: "de",
      shipment: { trackingNumber: "HP1234567890", carrier: "DHL" },
      payment: { kind: "card", card: { brand: "visa", last4: "4242" } },
      shippingMethod: { id: "standard", name: "Standard", price: { amount: 490, currency: "EUR" } },
      taxes: [
        {
          ...{ name: "USt.", percent: 19, included: true, productIds: ["kettle"] },
          ...{ base: { amount: 6_980, currency: "EUR" }, amount: { amount: 1_114, currency: "EUR" } },
        },
      ],
    });
    for (const status of statuses) {
      const { subject, text } = toMail(order, status, "Laden", ["PLACED"]);
      expect(subject).to.match(/Ihre Bestellung 0123456789/);
      expect(text)
        .to.match(/^Hallo Ann Example,\n/)
        .and.to.match(/\n\nIhr Team von Laden\n$/);
      expect(`${subject}${text}`).to.not.match(/\b(your|order|card|the|delivery)\b|€\d/i);
      expect(toSms(order, status, "Laden")).to.match(/^Laden: .*Bestellung 01234567/);
      expect(toSms(order, status, "Laden").length).to.be.at.most(160);
    }
    const { text } = toMail(order, "PLACED", "Laden");
    expect(text).to.contain(
      "  2 × Kettle, je 34,90 €\n  Versand (Standard): 4,90 €\n  Summe: 69,80 €\n  Darin USt. 19 %: 11,14 €\n",
    );
    const declined = itemOf({ language: "de", payment: { kind: "card", declined: "insufficient_funds" } });
    expect(toMail(declined, "CANCELLED", "Laden").text).to.contain("Auf der Karte ist nicht genug Geld.");
    const refund = refundItemOf({ lines: [{ productId: "kettle", quantity: 1 }], shipping: true });
    const mail = toRefundMail(order, refund, "Laden");
    expect(mail.subject).to.equal(`Erstattung von 5,00 € für Ihre Bestellung ${order.orderId}`);
    expect(mail.text).to.contain("erstattet für:\n  1 × Kettle\n  Lieferung\n\nGrund: A scratch.");
    expect(toRefundSms(order, refund, "Laden")).to.equal(
      "Laden: Wir haben 5,00 EUR für die Bestellung 01234567 erstattet.",
    );
  });

  it("link the carrier's page of the parcel, if there is one", () => {
    const shipment = { trackingNumber: "T1", carrier: "DHL" };
    const textOf = (given: object) =>
      toMail(itemOf({ shipment: { ...shipment, ...given } }), "SHIPPED", "Test store").text;
    expect(textOf({ trackingUrl: "https://dhl.example.com/T1" })).to.contain(
      "Track the parcel: https://dhl.example.com/T1\n",
    );
    expect(textOf({})).to.contain("Tracking number: T1 (DHL)").and.not.to.contain("Track the parcel");
  });

  it("list shipping and taxes of an order that has them", () => {
    const EUR = (amount: number) => ({ amount, currency: "EUR" });
    const shippingMethod = { id: "standard", name: "Standard", price: EUR(490) };
    const tax = { name: "VAT", percent: 19, base: EUR(7_470), amount: EUR(1_193), productIds: ["kettle"] };
    const textOf = (included: boolean) =>
      toMail(itemOf({ total: EUR(7_470), shippingMethod, taxes: [{ ...tax, included }] }), "PLACED", "Test store").text;
    expect(textOf(true)).to.contain("  Shipping (Standard): €4.90\n  Total: €74.70\n  Including VAT 19%: €11.93\n");
    expect(textOf(false)).to.contain("  Shipping (Standard): €4.90\n  VAT 19%: €11.93\n  Total: €74.70\n");
    expect(toMail(itemOf(), "PLACED", "Test store").text).to.contain("  Total: €69.80, delivery included\n");
  });

  it("contain the reason of a cancellation", () => {
    const text = (given: Parameters<typeof itemOf>[0]) => toMail(itemOf(given), "CANCELLED", "Test store").text;
    expect(text({ payment: { kind: "card", declined: "There is not enough money on the card." } })).to.contain(
      "There is not enough money on the card.",
    );
    expect(text({ shipment: { impossible: "No such street." } })).to.contain("refunded €69.80");
    expect(text({})).to.contain("you have not been charged");
  });

  it("mention no payment and no refund for an order with a total of 0", () => {
    const free = itemOf({ total: { amount: 0, currency: "EUR" }, payment: { kind: "none" } });
    for (const status of statuses) {
      expect(toSms(free, status, "Test store"), status).to.not.match(/payment of/);
      const impossible = { ...free, shipment: { impossible: "No such street." } };
      for (const order of [free, impossible]) {
        const { subject, text } = toMail(order, status, "Test store", ["PLACED"]);
        expect(`${subject}\n${text}`, status).to.not.match(/payment|refunded|your card/i);
      }
    }
  });

  it("list the pieces that a refund is for, or its amount alone", () => {
    const order = itemOf();
    const amount = toRefundMail(order, refundItemOf(), "Test store");
    expect(amount.subject).to.equal(`Refund of €5.00 for your order ${order.orderId}`);
    expect(amount.text.split("\n\n").slice(0, 3)).to.deep.equal([
      "Hello Ann Example,",
      "We refunded €5.00.",
      "Reason: A scratch.",
    ]);
    const pieces = refundItemOf({ lines: [{ productId: "kettle", quantity: 1 }], shipping: true });
    expect(toRefundMail(order, pieces, "Test store").text).to.contain(
      "We refunded €5.00 for:\n  1 × Kettle\n  Delivery\n\nReason: A scratch.\n",
    );
    expect(toRefundSms(order, pieces, "Test store")).to.equal("Test store: we refunded EUR 5.00 for order 01234567.");
  });

  it("format amounts with the currency's digits", () => {
    expect(formatMoney({ amount: 6_980, currency: "EUR" })).to.equal("€69.80");
    expect(formatMoney({ amount: 6_980, currency: "JPY" })).to.equal("¥6,980");
  });
});
