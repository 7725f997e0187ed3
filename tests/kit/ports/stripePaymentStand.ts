import { createServer } from "node:http";
import { StripePaymentProvider } from "../../../components/orderService/payment/stripe/provider";
import { createStripeWebhookReader } from "../../../components/orderService/payment/stripe/webhook";
import type { PaymentOperation, PaymentStand } from "../../../components/testing";
import type { PaymentMeans } from "../../../domain/order";
import { closeServer, listen } from "../../../local/servers/listen";
import { type StripeRoute, type StripeStandIn, startStripeStandIn } from "../stripe/standIn";
import { receiveRequests } from "./receivedRequests";

/** The request that decides each call of the port. */
const DECISIVE: Record<PaymentOperation, StripeRoute> = {
  authorize: "confirm",
  capture: "capture",
  void: "cancel",
  refund: "refund",
  refundPart: "refund",
  read: "retrieve",
};

/** Long enough for an answer on a busy machine: each time-out of the rules takes this long. */
const TIMEOUT_MS = 1_500;

/** Stripe's adapter beside a stand-in for Stripe, and perhaps a `stripe-mock` at the address `specification`. */
export async function startStripePaymentStand(
  kind: "card" | "token" | "confirmation token",
  specification?: string,
): Promise<PaymentStand & { standIn: StripeStandIn; stop(): Promise<void> }> {
  const received = receiveRequests(
    (body) =>
      (JSON.parse(body) as { data: { object: { metadata: { orderId: string } } } }).data.object.metadata.orderId,
  );
  const store = createServer(received.listener);
  const standIn = await startStripeStandIn({ webhookUrl: await listen(store, 0, "test store"), specification });
  const { ledger } = standIn;
  const token = (id: string): PaymentMeans => ({ kind: "token", token: id });
  const means = (id: string, number: string): PaymentMeans => {
    if (kind === "card") return { kind, card: { number, expiry: "12/39", code: "737" } };
    return token(kind === "token" ? id : ledger.addConfirmationToken(id));
  };
  return {
    standIn,
    provider: new StripePaymentProvider({
      apiKey: async () => "sk_test_123",
      endpoint: standIn.url,
      returnUrl: "https://www.example.com/orders/{orderId}",
      timeoutMs: TIMEOUT_MS,
    }),
    readWebhook: createStripeWebhookReader(async () => `whsec_old ${standIn.webhookSecret}`),
    currency: "EUR",
    means: (customerId) => ({
      approved: means("pm_card_visa", "4242424242424242"),
      declined: means("pm_card_insufficientFunds", "4000000000009995"),
      pendingThenApproved: means("pm_card_challengeApproved", "4000000000003220"),
      pendingThenDeclined: means("pm_card_challengeDeclined", "4000008400001629"),
      foreign: token(
        ledger.addMethod({
          id: "pm_saved_by_another",
          outcome: "approved",
          customer: { id: "cus_another", metadata: { customerId: `not ${customerId}` } },
        }),
      ),
    }),
    challenge: {
      means: () => means("pm_card_challengeApproved", "4000000000003220"),
      async answer(orderId, answer) {
        ledger.settle(orderId, answer);
      },
    },
    async failNext(orderId, operation, fault) {
      standIn.orderFault(orderId, DECISIVE[operation], fault);
    },
    async settle(orderId) {
      ledger.settle(orderId);
    },
    async afterLateCall(orderId) {
      standIn.release(orderId);
    },
    webhooks: (orderId) => received.about(orderId),
    async totals(orderId) {
      const done = ledger.done.filter((each) => each.orderId === orderId);
      const captures = done.filter(({ what }) => what === "captured");
      const id = ledger.intentOf(orderId)?.id;
      const refunds = ledger.refunds.filter((each) => each.payment_intent === id && each.status === "succeeded");
      const sum = (all: readonly { amount: number }[]) => all.reduce((total, { amount }) => total + amount, 0);
      return {
        authorizations: done.length - captures.length,
        captures: captures.length,
        refunds: refunds.length,
        paidAmount: sum(captures) - sum(refunds),
      };
    },
    async stop() {
      await Promise.all([standIn.stop(), closeServer(store)]);
    },
  };
}
