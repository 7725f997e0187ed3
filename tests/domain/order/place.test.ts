import { expect } from "chai";
import { openKeys } from "../../../domain/order/openIn";
import { type NewOrder, placeCard, placeOrder } from "../../../domain/order/place";

const AT = "2026-03-01T12:00:00.000Z";
const order: NewOrder = {
  orderId: "A1",
  region: "us-east-1",
  customerId: "ann",
  lines: [{ productId: "kettle", name: "Kettle", quantity: 2, unitPrice: { amount: 100, currency: "EUR" } }],
  total: { amount: 200, currency: "EUR" },
  shipping: { name: "Ann", street: "Main Street 1", city: "Town", postalCode: "12345", country: "US" },
  contact: { email: "ann@example.com" },
  payment: { kind: "card" },
  requestHash: "hash",
};

describe("placeOrder (rule 2)", () => {
  it("writes the first item only where there is none, and keeps the card", () => {
    const { condition, deleteCard, item } = placeOrder(order, AT);
    expect({ condition, deleteCard }).to.deep.equal({ condition: { absent: true }, deleteCard: false });
    expect(item).to.include({ status: "PLACED", epoch: 1, version: 1, createdAt: AT, updatedAt: AT });
    expect(item.history).to.deep.equal([{ status: "PLACED", at: AT, region: "us-east-1", epoch: 1 }]);
  });

  it("has the sweeper look after the deadline for settling", () => {
    const { item } = placeOrder(order, AT, { settlingSeconds: 60, travellingSeconds: 3_600 });
    expect(item).to.include({ sweepAt: "2026-03-01T12:01:00.000Z" });
    expect(openKeys("us-east-1")).to.include(item.openIn);
  });

  it("holds the units of counted lines in its Region", () => {
    const units = [{ productId: "kettle", quantity: 2 }];
    expect(placeOrder({ ...order, counted: units }, AT).item).to.deep.include({ hold: { units }, heldIn: "us-east-1" });
    const { item } = placeOrder({ ...order, counted: [] }, AT);
    expect(item).to.not.have.any.keys("hold", "heldIn", "counted");
  });
});

describe("placeCard", () => {
  it("lets DynamoDB delete the card after a day", () => {
    const { expiresAt, ciphertext } = placeCard("A1", "us-east-1", "sealed", AT);
    expect({ expiresAt, ciphertext }).to.deep.equal({
      expiresAt: Date.parse(AT) / 1000 + 86_400,
      ciphertext: "sealed",
    });
  });
});
