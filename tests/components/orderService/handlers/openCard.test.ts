import { expect } from "chai";
import { CompactEncrypt } from "jose";
import { openCard, UnreadableCard } from "../../../../components/orderService/handlers/openCard";
import { cardHeader } from "../../../../domain/order";
import { keyService } from "../../../kit/orderFakes";

import { orderId, orderKey } from "../../../kit/orderSteps";

describe("openCard", () => {
  const { kms, publicKey } = keyService();
  const sealed = async (
    card: unknown = { number: "4242424242424242", expiry: "12/39", code: "123" },
    idempotencyKey = orderKey,
    customerId = "customer-ann",
  ) =>
    await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(card)))
      .setProtectedHeader({ ...cardHeader("mrk-1234567890", { customerId, idempotencyKey }) })
      .encrypt(publicKey);

  const unreadable: [string, () => Promise<string>][] = [
    ["for another order", () => sealed(undefined, "another-key")],
    ["by another customer", () => sealed(undefined, orderKey, "customer-bob")],
    ["without a number", () => sealed({ number: "", expiry: "12/39", code: "123" })],
    ["that is not an object", () => sealed("hello")],
  ];
  for (const [what, make] of unreadable) {
    it(`refuses a card ${what}, with an error that contains nothing of it`, async () => {
      const error = await openCard(kms, "arn", await make(), { orderId, customerId: "customer-ann" }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(UnreadableCard);
      expect(String((error as Error).stack)).to.not.match(/12\/39|hello/);
    });
  }

  it("refuses a card encrypted to another key", async () => {
    const other = keyService();
    const error = await openCard(other.kms, "arn", await sealed(), { orderId, customerId: "customer-ann" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(UnreadableCard);
  });
});
