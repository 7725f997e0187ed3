import { randomUUID } from "node:crypto";
import { expect } from "chai";
import sinon from "sinon";
import { StripePaymentProvider } from "../../../../../components/orderService/payment/stripe/provider";
import { outgoing } from "../../../../../components/runtime/outgoing";
import type { PaymentStand } from "../../../../../components/testing";
import { deriveOrderId, type PayableOrder, type PaymentMeans, type PaymentProvider } from "../../../../../domain/order";
import { startStripePaymentStand } from "../../../../kit/ports/stripePaymentStand";
import type { StripeStandIn } from "../../../../kit/stripe/standIn";

const visa: PaymentMeans = { kind: "token", token: "pm_card_visa" };

function newOrder(changes: Partial<PayableOrder> = {}): PayableOrder {
  const customerId = `customer-${randomUUID()}`;
  return {
    orderId: deriveOrderId(customerId, randomUUID()),
    customerId,
    createdAt: new Date().toISOString(),
    total: { amount: 1999, currency: "EUR" },
    payment: { kind: "token" },
    ...changes,
  };
}

const nameOf = (call: Promise<{ status: string }>): Promise<string> =>
  call.then(
    ({ status }) => status,
    (error: Error) => error.name,
  );

describe("StripePaymentProvider", () => {
  let stand: PaymentStand & { standIn: StripeStandIn; stop(): Promise<void> };
  let provider: PaymentProvider;
  let standIn: StripeStandIn;
  before(async () => {
    stand = await startStripePaymentStand("token");
    ({ provider, standIn } = stand);
  });
  after(() => stand.stop());
  afterEach(() => sinon.restore());

  const authorized = async (order: PayableOrder): Promise<PayableOrder> => {
    const { reference } = await provider.authorize(order, visa);
    return { ...order, payment: { ...order.payment, reference } };
  };
  const intentsOf = ({ orderId }: PayableOrder) =>
    [...standIn.ledger.intents.values()].filter(({ metadata }) => metadata["orderId"] === orderId);
  const requestsSince = (count: number) => standIn.requests.slice(count).map(({ method, path }) => `${method} ${path}`);

  it("creates the PaymentIntent under the order's id as idempotency key and metadata", async () => {
    const order = newOrder();
    await provider.authorize(order, visa);
    const created = standIn.requests.find(({ idempotencyKey }) => idempotencyKey === order.orderId);
    expect(created).to.include({ method: "POST", path: "/v1/payment_intents", authorization: "Bearer sk_test_123" });
    expect(intentsOf(order).map(({ metadata }) => metadata)).to.deep.equal([{ orderId: order.orderId }]);
  });

  it("sends by the given client, and takes a redirect for no answer", async () => {
    const sent: string[] = [];
    const redirected = new StripePaymentProvider({
      apiKey: async () => "sk_test_123",
      timeoutMs: 5_000,
      returnUrl: "https://www.example.com/orders/{orderId}",
      fetch: async (url, { headers = {} }) => {
        sent.push(`${url} ${headers["Authorization"]}`);
        const body = async () => "";
        return { status: 307, ok: false, headers: [], text: body, arrayBuffer: async () => new ArrayBuffer(0) };
      },
    });
    expect(await nameOf(redirected.authorize(newOrder(), visa))).to.equal("Transient");
    expect(sent).to.deep.equal(["https://api.stripe.com/v1/payment_intents Bearer sk_test_123"]);
  });

  it("captures with one request when the order has the PaymentIntent's id", async () => {
    const held = await authorized(newOrder());
    const count = standIn.requests.length;
    await provider.capture(held);
    expect(requestsSince(count)).to.deep.equal([`POST /v1/payment_intents/${held.payment.reference}/capture`]);
  });

  it("takes the next idempotency key when Stripe keeps an error under the first", async () => {
    const order = newOrder();
    standIn.orderFault(order.orderId, "create", "kept-error");
    expect(await nameOf(provider.authorize(order, visa))).to.equal("Transient");
    expect(await nameOf(provider.authorize(order, visa))).to.equal("authorized");
    expect(await nameOf(provider.authorize(order, visa))).to.equal("authorized");
    expect(intentsOf(order)).to.have.length(1);
  });

  it("finds the PaymentIntent of an order whose idempotency key Stripe has forgotten", async () => {
    const createdAt = new Date(Date.now() - 25 * 3_600_000).toISOString();
    const order = newOrder({ createdAt });
    await provider.authorize(order, visa);
    standIn.forgetKeys();
    expect(await nameOf(provider.void(order))).to.equal("voided");
    expect(intentsOf(order).map(({ status }) => status)).to.deep.equal(["canceled"]);
  });

  it("pays with a saved method of the order's customer only", async () => {
    const order = newOrder();
    const save = (id: string, customerId: string) =>
      standIn.ledger.addMethod({ id, outcome: "approved", customer: { id: `cus_${id}`, metadata: { customerId } } });
    const foreign = await provider.authorize(order, { kind: "token", token: save("pm_foreign", "another") });
    expect(foreign).to.deep.equal({ status: "declined", reason: "token_of_another_customer" });
    const own = await provider.authorize(order, { kind: "token", token: save("pm_own", order.customerId) });
    expect(own.status).to.equal("authorized");
    expect(intentsOf(order)[0]!.customer).to.equal("cus_pm_own");
  });

  it("declines what is no PaymentMethod without asking Stripe for it", async () => {
    const token = { kind: "token", token: "../customers" } as const;
    expect(await provider.authorize(newOrder(), token)).to.deep.equal({ status: "declined", reason: "token_unknown" });
    expect(standIn.requests.some(({ path }) => path.includes("customers"))).to.equal(false);
  });

  it("leads the customer to the bank's challenge and back to the order", async () => {
    const order = newOrder();
    const answer = await provider.authorize(order, { kind: "token", token: "pm_card_challengeApproved" });
    const [intent] = intentsOf(order);
    expect(answer.challengeUrl).to.equal(`https://hooks.stripe.com/3d_secure/${intent!.id}`);
    expect(await provider.read(order)).to.deep.equal(answer);
    expect(intent!.next_action!.redirect_to_url.return_url).to.equal(`https://www.example.com/orders/${order.orderId}`);
  });

  it("confirms with a token of Stripe's card fields once, and names the bank's page instead of leaving it to Stripe.js", async () => {
    const order = newOrder();
    const token = standIn.ledger.addConfirmationToken("pm_card_challengeApproved");
    const count = standIn.requests.length;
    const answer = await provider.authorize(order, { kind: "token", token });
    expect(answer).to.include({ status: "pending" });
    expect(answer.challengeUrl).to.match(/^https:\/\/hooks\.stripe\.com\//);
    // No PaymentMethod is asked for, and the token is not sent twice.
    expect(await provider.authorize(order, { kind: "token", token })).to.deep.equal(answer);
    expect(requestsSince(count).filter((each) => /methods|confirm$/.test(each))).to.have.length(1);
  });

  it("repeats a decline's reason when the token is used up", async () => {
    const order = newOrder();
    const means = { kind: "token", token: standIn.ledger.addConfirmationToken("pm_card_insufficientFunds") } as const;
    for (const _attempt of [1, 2]) {
      expect(await provider.authorize(order, means)).to.include({ status: "declined", reason: "insufficient_funds" });
    }
  });

  it("waits for a pending refund, and makes a failed one again", async () => {
    const held = await authorized(newOrder());
    await provider.capture(held);
    const refunds = () => standIn.ledger.refunds.filter((each) => each.payment_intent === held.payment.reference);
    standIn.ledger.nextRefund = "pending";
    expect(await nameOf(provider.refund(held))).to.equal("Transient");
    expect(await nameOf(provider.refund(held))).to.equal("Transient");
    expect(refunds()).to.have.length(1);
    refunds()[0]!.status = "succeeded";
    expect(await nameOf(provider.refund(held))).to.equal("refunded");

    const other = await authorized(newOrder());
    await provider.capture(other);
    standIn.ledger.nextRefund = "failed";
    expect(await nameOf(provider.refund(other))).to.equal("Transient");
    expect(await nameOf(provider.refund(other))).to.equal("refunded");
  });

  it("voids a payment whose authorization the bank has released before its capture", async () => {
    const held = await authorized(newOrder());
    standIn.ledger.expired.add(held.orderId);
    expect(await nameOf(provider.capture(held))).to.equal("voided");
    expect(intentsOf(held)[0]!.status).to.equal("canceled");
  });

  it("declines a total that Stripe cannot charge, and voids it without a PaymentIntent", async () => {
    for (const [total, reason] of [
      [{ amount: 1, currency: "EUR" }, "amount_too_small"],
      [{ amount: 1_000_000_000, currency: "EUR" }, "amount_too_large"],
      [{ amount: 1999, currency: "IQD" }, "currency_not_supported"],
    ] as const) {
      const order = newOrder({ total });
      expect(await provider.authorize(order, visa)).to.deep.equal({ status: "declined", reason });
      expect(await nameOf(provider.void(order))).to.equal("voided");
      expect(intentsOf(order)).to.deep.equal([]);
    }
  });

  it("refuses a PaymentIntent with another amount than the order's total", async () => {
    const held = await authorized(newOrder());
    const dearer = { ...held, total: { ...held.total, amount: 5000 } };
    expect(await nameOf(provider.authorize(dearer, visa))).to.equal("ProviderRefusal");
  });

  const answers: [status: number, body: unknown, outcome: string][] = [
    [401, { error: { type: "invalid_request_error" } }, "ProviderRefusal"],
    [403, { error: { type: "invalid_request_error" } }, "ProviderRefusal"],
    [404, { error: { type: "invalid_request_error", code: "resource_missing" } }, "ProviderRefusal"],
    [400, { error: { type: "idempotency_error" } }, "ProviderRefusal"],
    [402, { error: { type: "invalid_request_error" } }, "ProviderRefusal"],
    [409, { error: { type: "idempotency_error", code: "idempotency_key_in_use" } }, "Transient"],
    [429, { error: { type: "invalid_request_error", code: "lock_timeout" } }, "Transient"],
    [500, { error: { type: "api_error" } }, "Transient"],
    [503, "<html>", "Transient"],
    [200, "<html>", "Transient"],
    [200, {}, "Transient"],
    [200, { id: "pi_1", status: "succeeded", latest_charge: { refunded: false } }, "captured"],
  ];
  for (const [status, body, outcome] of answers) {
    it(`takes ${status} ${JSON.stringify(body)} to a capture for ${outcome}`, async () => {
      const stubbed = new StripePaymentProvider({
        apiKey: async () => "sk_test_123",
        returnUrl: "https://www.example.com",
        timeoutMs: 1_000,
      });
      const text = typeof body === "string" ? body : JSON.stringify(body);
      sinon.stub(outgoing, "fetch").callsFake(async () => new Response(text, { status }));
      expect(await nameOf(stubbed.capture(newOrder({ payment: { kind: "token", reference: "pi_1" } })))).to.equal(
        outcome,
      );
    });
  }
});
