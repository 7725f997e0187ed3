import { expect } from "chai";
import * as refusals from "../../../../../components/orderService/handlers/api/refusals";

const USD = (amount: number) => ({ amount, currency: "USD" });
const bodyOf = (response: { body?: string } | undefined) => JSON.parse(response?.body ?? "null");

describe("refuseRepeatedLines", () => {
  it("names each repeated product once", () => {
    const lines = ["a", "b", "a", "a"].map((productId) => ({ productId, quantity: 1 }));
    const response = refusals.refuseRepeatedLines(lines);
    expect(response?.statusCode).to.equal(422);
    expect(bodyOf(response).productIds).to.deep.equal(["a"]);
    expect(refusals.refuseRepeatedLines(lines.slice(0, 2))).to.equal(undefined);
  });
});

describe("paymentMismatch", () => {
  it("wants a payment for each total but 0, and none for that", () => {
    const answer = (amount: number, kind: string) =>
      refusals.paymentMismatch({ expectedTotal: USD(amount), payment: { kind } });
    expect(answer(100, "card")).to.equal(undefined);
    expect(answer(0, "none")).to.equal(undefined);
    expect(bodyOf(answer(100, "none")).errors).to.deep.equal([
      { pointer: "#/payment/kind", detail: 'must be "card" or "token"' },
    ]);
    expect(bodyOf(answer(0, "token")).errors[0].detail).to.equal('must be "none"');
  });
});

describe("cardNumberInKey", () => {
  it("finds a card number in a key, and none in a UUID", () => {
    expect(refusals.cardNumberInKey("4242424242424242")).to.have.length(1);
    expect(refusals.cardNumberInKey("42424242-4242-4242-8000-000000000000")).to.deep.equal([]);
    expect(refusals.cardNumberInKey("my-key-1")).to.deep.equal([]);
  });
});

describe("cardNumberWritten", () => {
  it("names the field, not the number", () => {
    const response = refusals.cardNumberWritten(["#/shipping/name"]);
    expect(bodyOf(response).detail).to.include("shipping.name has a card number in it");
    expect(refusals.cardNumberWritten([])).to.equal(undefined);
  });
});

describe("refuseChangedTotal", () => {
  it("answers with the present total, unless it is the expected one", () => {
    const now = { total: USD(200), lines: [] };
    expect(refusals.refuseChangedTotal(USD(200), now)).to.equal(undefined);
    const response = refusals.refuseChangedTotal({ amount: 200, currency: "EUR" }, now);
    expect(response?.statusCode).to.equal(409);
    expect(bodyOf(response).total).to.deep.equal(USD(200));
  });
});

describe("refuseTooManyOrders", () => {
  it("states when the next day begins", () => {
    const { statusCode, headers } = refusals.refuseTooManyOrders(50, "2026-03-01T23:59:00.000Z");
    expect({ statusCode, after: headers?.["retry-after"] }).to.deep.equal({ statusCode: 429, after: "60" });
  });
});

describe("refuseShortage", () => {
  it("asks for a repetition while units can be moved here", () => {
    const wishes = [{ productId: "kettle", quantity: 2 }];
    const { statusCode, headers } = refusals.refuseShortage({ kind: "elsewhere", wishes });
    expect(statusCode).to.equal(503);
    expect(Number(headers?.["retry-after"])).to.be.greaterThan(0);
  });

  it("names what is left, never less than 0", () => {
    const lines = [{ productId: "kettle", quantity: 2, left: -3 }];
    const response = refusals.refuseShortage({ kind: "sold-out", lines });
    expect(response.statusCode).to.equal(409);
    expect(bodyOf(response).lines[0].left).to.equal(0);
    expect(bodyOf(response).detail).to.include("0 of kettle");
  });
});
