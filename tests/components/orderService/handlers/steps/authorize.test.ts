import { expect } from "chai";
import { CompactEncrypt } from "jose";
import sinon from "sinon";
import { TaskReply } from "../../../../../components/orderService/handlers/executions/taskReply";
import { authorizeOrder } from "../../../../../components/orderService/handlers/steps/authorize";
import { HttpPaymentProvider } from "../../../../../components/orderService/payment/http/provider";
import { TransientError } from "../../../../../components/runtime/transientError";
import { cardHeader, type StepInput } from "../../../../../domain/order";
import { keyService, MemoryStore, workflowsAnswering } from "../../../../kit/orderFakes";

import { orderId, orderKey, own, stepInput } from "../../../../kit/orderSteps";

afterEach(() => sinon.restore());

describe("authorizeOrder", () => {
  const { kms, publicKey } = keyService();
  const sealed = async (
    card: unknown = { number: "4242424242424242", expiry: "12/39", code: "123" },
    idempotencyKey = orderKey,
    customerId = "customer-ann",
  ) =>
    await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(card)))
      .setProtectedHeader({ ...cardHeader("mrk-1234567890", { customerId, idempotencyKey }) })
      .encrypt(publicKey);

  async function authorize(
    store: MemoryStore,
    payments: HttpPaymentProvider,
    more: Partial<StepInput> = {},
    limitSeconds = 60,
  ) {
    const { client, sent } = workflowsAnswering();
    const authorizing = {
      store,
      payments,
      kms,
      cardKeyArns: ["arn:aws:kms:us-east-1:123456789012:key/mrk-1234567890"],
      reply: new TaskReply(client),
      limitSeconds,
    };
    await authorizeOrder({ ...stepInput("authorize", more), token: "token" }, authorizing);
    return sent.map(({ name, input: { error, cause } }) =>
      [name.replace("Command", ""), error, cause].filter(Boolean).join(" "),
    );
  }
  const withCard = async (orders = [own()]) => {
    const store = new MemoryStore(orders);
    store.cards.push({ schema: 1, orderId, region: "us-east-1", ciphertext: await sealed(), expiresAt: 1 });
    return store;
  };
  const paying = () => sinon.createStubInstance(HttpPaymentProvider);

  it("sends the decrypted card, writes PAID with its last digits, and deletes it", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "authorized", reference: "r", card: { brand: "visa", last4: "4242" } });
    const store = await withCard();
    expect(await authorize(store, payments)).to.deep.equal(["SendTaskSuccess"]);
    const card = { number: "4242424242424242", expiry: "12/39", code: "123" };
    expect(payments.authorize.firstCall.args).to.deep.equal([own(), { kind: "card", card }]);
    expect(store.own).to.deep.include({ status: "PAID" });
    expect(store.own?.payment).to.deep.equal({ kind: "card", reference: "r", card: { brand: "visa", last4: "4242" } });
    expect(store.cards).to.deep.equal([]);
  });

  it("captures after another read where the workflow asks for it", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "authorized" });
    payments.capture.resolves({ status: "captured" });
    const store = await withCard();
    expect(await authorize(store, payments, { captures: true })).to.deep.equal(["SendTaskSuccess"]);
    sinon.assert.calledOnce(payments.capture);
    expect(payments.capture.firstCall.args[0]).to.include({ status: "PAID" });
    expect([store.own?.status, store.reads]).to.deep.equal(["PAID", 2]);
  });

  it("captures nothing where a review stands between", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "authorized" });
    expect(await authorize(await withCard(), payments)).to.deep.equal(["SendTaskSuccess"]);
    sinon.assert.notCalled(payments.capture);
  });

  it("has the payment voided if the customer cancels between authorization and capture", async () => {
    const payments = paying();
    const store = await withCard();
    payments.authorize.callsFake(async () => {
      store.cancelWished = true;
      return { status: "authorized" };
    });
    expect(await authorize(store, payments, { captures: true })).to.deep.equal(["SendTaskFailure Unpaid"]);
    sinon.assert.notCalled(payments.capture);
  });

  it("cancels an order whose payment was voided under another epoch", async () => {
    const payments = paying();
    payments.capture.resolves({ status: "voided" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect(await authorize(store, payments, { captures: true })).to.deep.equal(["SendTaskFailure Ended"]);
    expect(store.own?.status).to.equal("CANCELLED");
  });

  it("has the step retried when the provider does not answer the capture, without another authorization", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "authorized" });
    payments.capture.rejects(new TransientError("no answer"));
    const store = await withCard();
    expect(await authorize(store, payments, { captures: true })).to.deep.equal(["SendTaskFailure Transient no answer"]);
    payments.capture.resolves({ status: "captured" });
    expect(await authorize(store, payments, { captures: true })).to.deep.equal(["SendTaskSuccess"]);
    sinon.assert.calledOnce(payments.authorize);
  });

  it("sends a token with its customer", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "authorized" });
    const order = own({ payment: { kind: "token", token: "tok_1" } });
    expect(await authorize(new MemoryStore([order]), payments)).to.deep.equal(["SendTaskSuccess"]);
    expect(payments.authorize.firstCall.args).to.deep.equal([order, { kind: "token", token: "tok_1" }]);
  });

  it("passes on the reason of a decline, and writes nothing itself", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "declined", reason: "no funds" });
    const store = await withCard();
    expect(await authorize(store, payments)).to.deep.equal(["SendTaskFailure Unpaid no funds"]);
    expect(store.own?.status).to.equal("PLACED");
  });

  it("keeps the bank's page while the customer has to confirm the payment, and drops it with the next answer", async () => {
    const payments = paying();
    const challengeUrl = "https://bank.example.com/3ds";
    payments.authorize.resolves({ status: "pending", challengeUrl });
    payments.read.resolves({ status: "pending", challengeUrl });
    const store = await withCard();
    await authorize(store, payments);
    expect(store.wait?.challengeUrl).to.equal(challengeUrl);
    payments.read.resolves({ status: "pending" });
    await authorize(store, payments, { polls: 1 });
    expect(store.wait).to.not.have.property("challengeUrl");
  });

  it("gives up a payment that the customer does not confirm in time", async () => {
    const payments = paying();
    payments.read.resolves({ status: "pending", challengeUrl: "https://bank.example.com/3ds" });
    const startedAt = new Date(Date.now() - 61_000).toISOString();
    const [answer] = await authorize(await withCard(), payments, { startedAt, polls: 3 });
    expect(answer).to.equal("SendTaskFailure Unpaid The payment could not be confirmed in time.");
  });

  it("waits while the payment is pending, after one more read once the wait is recorded", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "pending" });
    payments.read.resolves({ status: "pending" });
    const store = await withCard();
    expect(await authorize(store, payments)).to.deep.equal([]);
    expect(store.wait?.token).to.equal("token");
    sinon.assert.calledOnce(payments.read);
  });

  it("does not repeat a payment that it has requested before", async () => {
    const payments = paying();
    payments.read.resolves({ status: "declined", reason: "late" });
    expect(await authorize(await withCard(), payments, { polls: 2 })).to.deep.equal(["SendTaskFailure Unpaid late"]);
    sinon.assert.notCalled(payments.authorize);
  });

  it("reads the provider's record when the card has not arrived here, and gives up after a limit", async () => {
    const payments = paying();
    payments.read.resolves({ status: "none" });
    expect(await authorize(new MemoryStore([own()]), payments)).to.deep.equal([]);
    const startedAt = new Date(Date.now() - 61_000).toISOString();
    const [answer] = await authorize(new MemoryStore([own()]), payments, { startedAt });
    expect(answer).to.match(/Unpaid .* in time/);
    payments.read.resolves({ status: "authorized" });
    expect(await authorize(new MemoryStore([own()]), payments)).to.deep.equal(["SendTaskSuccess"]);
  });

  it("calls no provider for an order that is superseded, cancelled, or shipped", async () => {
    const payments = paying();
    const west = own({ region: "us-west-2", epoch: 2 });
    const outranked = new MemoryStore([own(), west]);
    expect(await authorize(outranked, payments)).to.deep.equal(["SendTaskFailure Ended"]);
    expect(outranked.own?.status).to.equal("SUPERSEDED");
    expect(await authorize(new MemoryStore([own({ epoch: 2 })]), payments)).to.deep.equal(["SendTaskFailure Ended"]);
    expect(await authorize(new MemoryStore([own({ status: "SHIPPED" })]), payments)).to.deep.equal([
      "SendTaskFailure Travelling",
    ]);
    const unwanted = new MemoryStore([own()]);
    unwanted.cancelWished = true;
    expect(await authorize(unwanted, payments)).to.deep.equal(["SendTaskFailure Unpaid"]);
    sinon.assert.notCalled(payments.authorize);
  });

  it("decides again when the item was written concurrently", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "authorized" });
    const store = await withCard();
    store.meanwhile = () => {
      store.meanwhile = undefined;
      store.replace(own({ epoch: 2, version: 4 }));
    };
    expect(await authorize(store, payments)).to.deep.equal(["SendTaskFailure Ended"]);
    expect(store.own).to.include({ epoch: 2, status: "PLACED" });
  });

  it("fails the task with Transient for a transient error, and throws any other", async () => {
    const payments = paying();
    payments.authorize.rejects(new TransientError("PUT was answered with 503."));
    const [answer] = await authorize(await withCard(), payments);
    expect(answer).to.match(/^SendTaskFailure Transient/);
    payments.authorize.rejects(new Error("a bug"));
    const thrown = await authorize(await withCard(), payments).catch((error: unknown) => error);
    expect(thrown).to.have.property("message", "a bug");
  });
});
