import { expect } from "chai";
import { CompactEncrypt } from "jose";
import { openCard, UnreadableCard } from "../../../../../components/orderService/handlers/steps/openCard";
import { cardHeader } from "../../../../../domain/order";
import { keyService } from "../../../../kit/orderFakes";

import { orderId, orderKey } from "../../../../kit/orderSteps";

const arnOf = (id: string) => `arn:aws:kms:us-east-1:123456789012:key/${id}`;
const KEYS = [arnOf("mrk-1234567890")];

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
      const error = await openCard(kms, KEYS, await make(), { orderId, customerId: "customer-ann" }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(UnreadableCard);
      expect(String((error as Error).stack)).to.not.match(/12\/39|hello/);
    });
  }

  it("refuses a card encrypted to another key", async () => {
    const other = keyService();
    const error = await openCard(other.kms, KEYS, await sealed(), { orderId, customerId: "customer-ann" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(UnreadableCard);
  });

  describe("during a rotation of the key", () => {
    const order = { orderId, customerId: "customer-ann" };
    /** Accepted keys at each step, as docs/security.md describes them: the page encrypts with the first. */
    const STEPS = [["mrk-old"], ["mrk-old", "mrk-new"], ["mrk-new", "mrk-old"], ["mrk-new"]];
    const pairs = { "mrk-old": keyService(), "mrk-new": keyService() };
    const sealedTo = async (keyId: string) =>
      await new CompactEncrypt(
        new TextEncoder().encode(JSON.stringify({ number: "4242424242424242", expiry: "12/39", code: "123" })),
      )
        .setProtectedHeader({ ...cardHeader(keyId, { customerId: "customer-ann", idempotencyKey: orderKey }) })
        .encrypt(pairs[keyId as keyof typeof pairs].publicKey);
    const open = async (accepted: string[], sealedWith: string) =>
      openCard(pairs[sealedWith as keyof typeof pairs].kms, accepted.map(arnOf), await sealedTo(sealedWith), order);

    it("opens the cards of pages that are one step behind or ahead", async () => {
      for (const [step, accepted] of STEPS.entries()) {
        for (const page of STEPS.slice(Math.max(0, step - 1), step + 2)) {
          expect(await open(accepted, page[0]!), `${accepted} opens a card for ${page[0]}`).to.include({ code: "123" });
        }
      }
    });

    it("refuses a card for a key that is no longer accepted", async () => {
      const error = await open(["mrk-new"], "mrk-old").catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(UnreadableCard);
      expect(String(error)).to.include("no longer accepted");
    });
  });
});
