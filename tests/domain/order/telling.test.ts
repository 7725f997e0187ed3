import { expect } from "chai";
import { formatMoney } from "../../../domain/money";
import { findSpeaker, ORDER_STATUSES, toMail, toNotification, toPartition, toSms, toView } from "../../../domain/order";
import { itemOf } from "../../kit/orderArbitraries";

const statuses = ORDER_STATUSES.filter((status) => status !== "SUPERSEDED");

describe("Notices (rule 13)", () => {
  it("name who and what, and nothing private", () => {
    const notice = toNotification(itemOf({ status: "PAID" }))!;
    expect(notice.id).to.equal(`${notice.orderId}-PAID`);
    expect(notice).to.have.all.keys("schema", "id", "orderId", "customerId", "status", "region", "at", "total");
  });

  it("are not made of a superseded item", () => {
    expect(toNotification(itemOf({ status: "SUPERSEDED" }))).to.equal(undefined);
  });

  for (const status of statuses) {
    it(`say ${status} in a mail that names the order, and in a text message that fits one SMS`, () => {
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

  it("say why an order is cancelled", () => {
    const text = (given: Parameters<typeof itemOf>[0]) => toMail(itemOf(given), "CANCELLED", "Test store").text;
    expect(text({ payment: { kind: "card", declined: "There is not enough money on the card." } })).to.contain(
      "There is not enough money on the card.",
    );
    expect(text({ shipment: { impossible: "No such street." } })).to.contain("refunded €69.80");
    expect(text({})).to.contain("you have not been charged");
  });

  it("name no payment and no refund for an order with a total of 0", () => {
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

  it("write money with the decimals of its currency", () => {
    expect(formatMoney({ amount: 6_980, currency: "EUR" })).to.equal("€69.80");
    expect(formatMoney({ amount: 6_980, currency: "JPY" })).to.equal("¥6,980");
  });
});

describe("What a customer sees", () => {
  it("is the item that speaks, each status once although a takeover repeats it", () => {
    const history = ["PLACED", "PAID", "PAID", "SHIPPING"].map((status, minute) => ({
      status: status as "PLACED",
      at: `2026-01-01T00:0${minute}:00.000Z`,
      region: "us-east-1",
      epoch: 1,
    }));
    const west = itemOf({ region: "us-west-2", status: "SHIPPING", epoch: 2 });
    const item = findSpeaker(toPartition([itemOf({ status: "SUPERSEDED" }), { ...west, history }]))!;
    const view = toView(item, true);
    expect(view.history.map(({ status }) => status)).to.deep.equal(["PLACED", "PAID", "SHIPPING"]);
    expect(view.cancelRequested).to.equal(false);
    expect(view).to.not.have.any.keys("customerId", "requestHash", "openIn", "epoch", "version");
  });

  it("says that a cancel is requested until it is decided", () => {
    const cancel = { kind: "cancel" as const };
    const partition = toPartition([itemOf(), cancel]);
    expect(toView(findSpeaker(partition)!, partition.cancelWished).cancelRequested).to.equal(true);
  });

  it("is nothing where only a superseded item is left", () => {
    expect(findSpeaker(toPartition([itemOf({ status: "SUPERSEDED" })]))).to.equal(undefined);
  });

  it("ignores items of kinds that a later release adds", () => {
    const later = { kind: "return" } as unknown as { kind: "order" };
    expect(toPartition([itemOf(), later]).orders).to.have.length(1);
  });
});
