import { expect } from "chai";
import { ERASED, eraseOrder, eraseRefund, isOpen, ORDER_STATUSES } from "../../../domain/order";
import { itemOf, refundItemOf } from "../../kit/orderArbitraries";

const AT = "2026-05-01T00:00:00.000Z";
const personal = {
  shipping: {
    name: "Ada Example",
    street: "Main 1",
    city: "Springfield",
    postalCode: "QX7 9ZV",
    region: "Illinois",
    country: "US",
  },
  contact: { email: "ada@example.com", phone: "+14155550100", phoneVerified: true },
  payment: {
    kind: "token",
    token: "tok_visa",
    reference: "pay_1",
    declined: "Ada's bank",
    card: { brand: "visa", last4: "4242" },
  },
  shipment: { trackingNumber: "TRACK1", carrier: "Parcels" },
  requestHash: "hash",
} as const;

describe("eraseOrder", () => {
  const order = itemOf({ status: "DELIVERED", version: 7, epoch: 2, ...personal });
  const write = eraseOrder(order, AT)!;

  it("removes all that identifies the customer, at any depth", () => {
    const text = JSON.stringify(write.item);
    for (const value of [
      "Ada",
      "Main 1",
      "Springfield",
      "QX7",
      "Illinois",
      "ada@",
      "4155",
      "tok_visa",
      "4242",
      "TRACK1",
    ]) {
      expect(text).not.to.contain(value);
    }
    expect(write.item.requestHash).to.equal(ERASED);
  });

  it("keeps what accounting needs", () => {
    const { lines, total, createdAt, history, customerId, shipping, payment } = write.item;
    expect({ lines, total, createdAt, history, customerId }).to.deep.equal({
      lines: order.lines,
      total: order.total,
      createdAt: order.createdAt,
      history: order.history,
      customerId: order.customerId,
    });
    expect(shipping.country).to.equal("US");
    expect(payment).to.deep.equal({ kind: "token", reference: "pay_1" });
  });

  it("writes the item only if it is as it was read, and once", () => {
    expect(write.condition).to.deep.equal({ absent: false, epoch: 2, version: 7, statuses: ["DELIVERED"] });
    expect(write.item.version).to.equal(8);
    expect(eraseOrder(write.item, AT)).to.equal(undefined);
  });

  for (const status of ORDER_STATUSES.filter(isOpen)) {
    it(`refuses an order that is ${status}`, () => {
      expect(() => eraseOrder(itemOf({ status, ...personal }), AT)).to.throw(`is ${status}`);
    });
  }
});

describe("eraseRefund", () => {
  const refund = refundItemOf({ status: "REFUNDED", reason: "Ada moved to 1 High Street.", version: 2 });

  it("removes the reason and the request's hash, and keeps amount, lines and dates", () => {
    const { item, version } = eraseRefund(refund)!;
    expect(version).to.equal(2);
    expect(item).to.deep.equal({ ...refund, reason: ERASED, requestHash: ERASED, version: 3 });
  });

  it("does nothing again, and refuses a refund that is still to be made", () => {
    expect(eraseRefund(eraseRefund(refund)!.item)).to.equal(undefined);
    expect(() => eraseRefund(refundItemOf())).to.throw("is still to be made. Erase the customer afterwards.");
  });
});
