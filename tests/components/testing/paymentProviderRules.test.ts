import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { type PaymentStand, paymentProviderRules } from "../../../components/testing";
import type { PaymentProvider } from "../../../domain/order";
import { startHttpPaymentStand } from "../../kit/ports/httpPaymentStand";

type Calls = Pick<PaymentProvider, "authorize" | "read" | "capture" | "void" | "refund" | "refundPart">;

describe("paymentProviderRules", () => {
  let stand: PaymentStand & { stop(): Promise<void> };
  before(async () => {
    stand = await startHttpPaymentStand("card");
  });
  after(() => stand.stop());

  /** The adapter with one call replaced. */
  const breaking = (broken: (right: Calls) => Partial<Calls>): PaymentStand => {
    const { provider } = stand;
    const right: Calls = {
      authorize: (order, means) => provider.authorize(order, means),
      read: (order) => provider.read(order),
      capture: (order) => provider.capture(order),
      void: (order) => provider.void(order),
      refund: (order) => provider.refund(order),
      refundPart: (order, part) => provider.refundPart(order, part),
    };
    return { ...stand, provider: { ...right, ...broken(right) } };
  };

  const faults: [fault: string, broken: () => PaymentStand, rule: string][] = [
    [
      "takes an unknown answer for a success",
      () => breaking((right) => ({ capture: (order) => right.capture(order).catch(() => ({ status: "captured" })) })),
      "capture: asks again after unknown-answer, and takes effect once",
    ],
    [
      "takes a refused call for a refusal for good",
      () =>
        breaking((right) => ({
          refund: (order) => right.refund(order).catch(({ message }: Error) => Promise.reject(new Error(message))),
        })),
      "refund: asks again after refused-before, and takes effect once",
    ],
    [
      "makes a new refund of each call",
      () =>
        breaking((right) => ({
          refundPart: (order, { amount }) => right.refundPart(order, { refundId: randomUUID(), amount }),
        })),
      "refundPart: refunds a part once for each id, however often and at however many places it is asked",
    ],
    [
      "takes the parts that are the whole for a whole refund",
      () =>
        breaking((right) => ({
          refundPart: async (order, part) =>
            part.amount === order.total.amount ? right.refund(order) : right.refundPart(order, part),
        })),
      "refundPart: leaves the payment captured, even if the parts are the whole",
    ],
    [
      "forgets the void of an order that was never authorized",
      () => breaking(() => ({ void: async () => ({ status: "voided" }) })),
      "void: voids an order that was never authorized, so that a late authorize cannot succeed",
    ],
    [
      "voids what is captured",
      () => breaking(() => ({ void: async () => ({ status: "voided" }) })),
      "void: says that a void comes too late after the capture",
    ],
    [
      "makes a new payment of each authorize",
      () =>
        breaking((right) => ({
          authorize: (order, means) =>
            right.authorize({ ...order, orderId: `${order.orderId}-${randomUUID()}` }, means),
        })),
      "authorize: authorizes once, however often and at however many places it is asked",
    ],
    [
      "remembers a decline",
      () =>
        breaking((right) => ({
          authorize: async (order, means) => {
            const recorded = await right.read(order);
            return recorded.status === "declined" ? recorded : right.authorize(order, means);
          },
        })),
      "authorize: declines with a reason, and judges another means again",
    ],
    [
      "accepts any webhook",
      () => ({
        ...stand,
        readWebhook: async (request) => ({
          kind: "changed",
          orderId: (JSON.parse(request.body!) as { orderId: string }).orderId,
          webhookId: request.headers["webhook-id"] ?? "none",
        }),
      }),
      "webhook: refuses a changed body, a missing signature and a foreign one",
    ],
    [
      "puts the card into an error",
      () =>
        breaking((right) => ({
          authorize: (order, means) =>
            right.authorize(order, means).catch((error: Error) => Promise.reject(Object.assign(error, { means }))),
        })),
      "authorize: asks again after refused-before, and takes effect once",
    ],
    [
      "forgets the challenge's page when it reads",
      () =>
        breaking((right) => ({
          read: async (order) => ({ ...(await right.read(order)), challengeUrl: undefined }),
        })),
      "challenge: names the same page however often it is asked, until the customer has confirmed",
    ],
    [
      "takes a refused challenge for an approval",
      () =>
        breaking((right) => ({
          read: async (order) => {
            const recorded = await right.read(order);
            return recorded.status === "declined" ? { status: "authorized" } : recorded;
          },
        })),
      "challenge: declines what the customer refuses, and judges another means",
    ],
  ];
  for (const [fault, broken, rule] of faults) {
    it(`finds an adapter that ${fault}`, async () => {
      const found = paymentProviderRules.find(({ title }) => title === rule)!;
      const error = await found.check(broken()).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      expect(error?.name, "the rule's error").to.equal("AssertionError");
      await found.check(stand);
    });
  }

  it("have titles that differ", () => {
    expect(new Set(paymentProviderRules.map(({ title }) => title)).size).to.equal(paymentProviderRules.length);
  });
});
