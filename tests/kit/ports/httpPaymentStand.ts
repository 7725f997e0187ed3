import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { createWebhookReader } from "../../../components/orderService/httpContract/standardWebhook";
import { HttpPaymentProvider } from "../../../components/orderService/payment/http/provider";
import type { PaymentFault, PaymentStand } from "../../../components/testing";
import type { PaymentMeans } from "../../../domain/order";
import * as operations from "../../../domain/order/api/operations.compiled";
import { type FaultOrder, type Gate, startProviders } from "../../../local/providers";
import { tokenOf } from "../../../local/providers/testCards";
import { closeServer, listen } from "../../../local/servers/listen";
import { type ReceivedRequests, receiveRequests } from "./receivedRequests";

/** Long enough for an answer on a busy machine: each time-out of the rules takes this long. */
const TIMEOUT_MS = 1_500;

const LOCAL_FAULTS: Record<Exclude<PaymentFault, "late">, FaultOrder["kind"]> = {
  "refused-before": "unavailable",
  "refused-after": "unavailable-after",
  "timeout-before": "timeout-before",
  "timeout-after": "timeout-after",
  "unknown-answer": "unknown-answer",
};

/** The adapter for the HTTP contract beside the local run's payment provider. */
export async function startHttpPaymentStand(kind: "card" | "token"): Promise<PaymentStand & { stop(): Promise<void> }> {
  const received: ReceivedRequests = receiveRequests((body) => (JSON.parse(body) as { orderId: string }).orderId);
  const store = createServer(received.listener);
  const webhookUrl = await listen(store, 0, "test store");
  const webhookSecret = `whsec_${Buffer.from("payment-webhook-secret-24").toString("base64")}`;
  const { paymentUrl, controls, stop } = await startProviders({
    secrets: {
      paymentApiKey: "pay-key",
      shippingApiKey: "ship-key",
      paymentWebhookSecret: webhookSecret,
      shippingWebhookSecret: webhookSecret,
    },
    webhookUrl,
    // Pending payments wait for `settle`.
    pace: { pendingMs: 3_600_000 },
  });
  const late = new Map<string, Gate>();
  const card = (number: string): PaymentMeans => ({ kind: "card", card: { number, expiry: "12/39", code: "737" } });
  return {
    provider: new HttpPaymentProvider({ endpoint: paymentUrl, apiKey: async () => "pay-key", timeoutMs: TIMEOUT_MS }),
    readWebhook: createWebhookReader(operations.paymentUpdated, async () => webhookSecret),
    currency: "EUR",
    means(customerId) {
      const token = (name: string): PaymentMeans => ({ kind: "token", token: tokenOf(name, customerId) });
      const byCard = kind === "card";
      return {
        approved: byCard ? card("4242424242424242") : token("tok_visa"),
        declined: byCard ? card("4000000000009995") : token("tok_chargeDeclined"),
        pendingThenApproved: byCard ? card("4000000000003220") : token("tok_pending"),
        pendingThenDeclined: byCard ? card("4000008400001629") : token("tok_pendingThenDeclined"),
        foreign: { kind: "token", token: tokenOf("tok_visa", "another-customer") },
      };
    },
    challenge: {
      means: (customerId) =>
        kind === "card" ? card("4000002760003184") : { kind: "token", token: tokenOf("tok_challenge", customerId) },
      async answer(orderId, answer) {
        const { challengeId } = controls.records(orderId).payment!;
        const body = new URLSearchParams({ answer: answer === "confirmed" ? "approve" : "refuse" });
        await fetch(`${paymentUrl}/challenges/${challengeId}`, { method: "POST", body, redirect: "manual" });
      },
    },
    async failNext(orderId, operation, fault) {
      if (fault === "late") late.set(orderId, controls.gate({ system: "payment", operation, orderId, when: "before" }));
      else controls.fault({ system: "payment", operation, orderId, kind: LOCAL_FAULTS[fault] });
    },
    async settle(orderId) {
      controls.settlePayment(orderId);
    },
    async afterLateCall(orderId) {
      const gate = late.get(orderId)!;
      const call = await gate.reached;
      gate.open();
      const isDone = () =>
        controls.calls().some((each) => each.at === call.at && each.orderId === orderId && each.effectAt);
      while (!isDone()) await delay(10);
    },
    webhooks: (orderId) => received.about(orderId),
    async totals(orderId) {
      const { authorizations, captures, refunds, paidAmount } = controls.records(orderId);
      return {
        authorizations: authorizations.length,
        captures: captures.length,
        refunds: refunds.length,
        paidAmount,
      };
    },
    async stop() {
      await Promise.all([stop(), closeServer(store)]);
    },
  };
}
