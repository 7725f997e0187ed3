import { expect } from "chai";
import { CompactEncrypt } from "jose";
import sinon from "sinon";
import { authorizeOrder } from "../../../../components/orderService/handlers/authorize";
import { openCard, UnreadableCard } from "../../../../components/orderService/handlers/openCard";
import { settleOrder } from "../../../../components/orderService/handlers/settle";
import { checkShipment, shipOrder, trackOrder } from "../../../../components/orderService/handlers/ship";
import { TaskReply } from "../../../../components/orderService/handlers/taskReply";
import { HttpPaymentProvider } from "../../../../components/orderService/payment/http/provider";
import { HttpShippingProvider } from "../../../../components/orderService/shipping/http/provider";
import { TransientError } from "../../../../components/runtime/transientError";
import { cardHeader, deriveOrderId, type OrderItem, type StepInput } from "../../../../domain/order";
import { itemOf } from "../../../kit/orderArbitraries";
import { keyService, MemoryStore, workflowsAnswering } from "../../../kit/orderFakes";

const nowhere = { endpoint: "https://outside.invalid", apiKey: async () => "key", timeoutMs: 10 };
const key = "key-1";
const orderId = deriveOrderId("customer-ann", key);
const own = (given: Partial<OrderItem> = {}) => itemOf({ orderId, ...given });
const input = (step: StepInput["step"], more: Partial<StepInput> = {}): StepInput => ({
  step,
  orderId,
  epoch: 1,
  startedAt: new Date().toISOString(),
  polls: 0,
  ...more,
});

afterEach(() => sinon.restore());

describe("The step Authorize", () => {
  const { kms, publicKey } = keyService();
  const sealed = async (
    card: unknown = { number: "4242424242424242", expiry: "12/39", code: "123" },
    idempotencyKey = key,
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
    const authorizing = { store, payments, kms, cardKeyArn: "arn", reply: new TaskReply(client), limitSeconds };
    await authorizeOrder({ ...input("authorize", more), token: "token" }, authorizing);
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

  it("sends the decrypted card, writes PAID with what is left of it, and deletes it", async () => {
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

  it("names the customer whose token it is", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "authorized" });
    const order = own({ payment: { kind: "token", token: "tok_1" } });
    expect(await authorize(new MemoryStore([order]), payments)).to.deep.equal(["SendTaskSuccess"]);
    expect(payments.authorize.firstCall.args).to.deep.equal([order, { kind: "token", token: "tok_1" }]);
  });

  it("hands on why the payment was declined, and writes nothing itself", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "declined", reason: "no funds" });
    const store = await withCard();
    expect(await authorize(store, payments)).to.deep.equal(["SendTaskFailure Unpaid no funds"]);
    expect(store.own?.status).to.equal("PLACED");
  });

  it("waits for what is pending, having looked once more after it began to wait", async () => {
    const payments = paying();
    payments.authorize.resolves({ status: "pending" });
    payments.read.resolves({ status: "pending" });
    const store = await withCard();
    expect(await authorize(store, payments)).to.deep.equal([]);
    expect(store.wait?.token).to.equal("token");
    sinon.assert.calledOnce(payments.read);
  });

  it("does not begin a payment anew that it has asked for before", async () => {
    const payments = paying();
    payments.read.resolves({ status: "declined", reason: "late" });
    expect(await authorize(await withCard(), payments, { polls: 2 })).to.deep.equal(["SendTaskFailure Unpaid late"]);
    sinon.assert.notCalled(payments.authorize);
  });

  it("asks the payment system by order id when the card has not arrived here, and gives up after a limit", async () => {
    const payments = paying();
    payments.read.resolves({ status: "none" });
    expect(await authorize(new MemoryStore([own()]), payments)).to.deep.equal([]);
    const startedAt = new Date(Date.now() - 61_000).toISOString();
    const [answer] = await authorize(new MemoryStore([own()]), payments, { startedAt });
    expect(answer).to.match(/Unpaid .* in time/);
    payments.read.resolves({ status: "authorized" });
    expect(await authorize(new MemoryStore([own()]), payments)).to.deep.equal(["SendTaskSuccess"]);
  });

  it("calls nobody for an order that is another's, wanted no more, or on its way", async () => {
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

  it("decides again when somebody has written the item in between", async () => {
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

  it("answers trouble that passes so that the workflow tries again, and throws the rest", async () => {
    const payments = paying();
    payments.authorize.rejects(new TransientError("PUT was answered with 503."));
    const [answer] = await authorize(await withCard(), payments);
    expect(answer).to.match(/^SendTaskFailure Transient/);
    payments.authorize.rejects(new Error("a bug"));
    const thrown = await authorize(await withCard(), payments).catch((error: unknown) => error);
    expect(thrown).to.have.property("message", "a bug");
  });

  const unreadable: [string, () => Promise<string>][] = [
    ["for another order", () => sealed(undefined, "another-key")],
    ["by another customer", () => sealed(undefined, key, "customer-bob")],
    ["without a number", () => sealed({ number: "", expiry: "12/39", code: "123" })],
    ["that is no card", () => sealed("hello")],
  ];
  for (const [what, make] of unreadable) {
    it(`refuses a card ${what}, without a word of what it read`, async () => {
      const error = await openCard(kms, "arn", await make(), { orderId, customerId: "customer-ann" }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(UnreadableCard);
      expect(String((error as Error).stack)).to.not.match(/12\/39|hello/);
    });
  }

  it("refuses a card to another key", async () => {
    const other = keyService();
    const error = await openCard(other.kms, "arn", await sealed(), { orderId, customerId: "customer-ann" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(UnreadableCard);
  });
});

describe("The steps Capture, Void and Refund", () => {
  const settle = async (
    store: MemoryStore,
    payments: HttpPaymentProvider,
    step: "capture" | "void" | "refund",
    reason?: string,
  ) =>
    await settleOrder({ ...input(step), step, reason }, { store, payments }).then(
      () => "done",
      (error: Error) => `${error.name}`,
    );
  const paying = () => sinon.createStubInstance(HttpPaymentProvider);

  it("refuse a step that an older or newer definition calls by a name of its own, instead of guessing", async () => {
    const payments = paying();
    payments.capture.resolves({ status: "captured" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect(await settle(store, payments, "release" as "void")).to.equal("UnknownStep");
    expect(payments.capture.called).to.equal(false);
  });

  it("capture what is PAID, and write nothing", async () => {
    const payments = paying();
    payments.capture.resolves({ status: "captured" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect(await settle(store, payments, "capture")).to.equal("done");
    expect(store.own).to.include({ status: "PAID", version: 3 });
  });

  it("cancel what was voided elsewhere", async () => {
    const payments = paying();
    payments.capture.resolves({ status: "voided" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect(await settle(store, payments, "capture")).to.equal("Ended");
    expect(store.own?.status).to.equal("CANCELLED");
  });

  it("void instead of capturing when the customer wants no order any more", async () => {
    const payments = paying();
    payments.void.resolves({ status: "voided" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    store.cancelWished = true;
    expect(await settle(store, payments, "capture")).to.equal("Ended");
    expect(store.own?.status).to.equal("CANCELLED");
    sinon.assert.notCalled(payments.capture);
  });

  it("void what will not be paid, and keep why", async () => {
    const payments = paying();
    payments.void.resolves({ status: "voided" });
    const store = new MemoryStore([own()]);
    expect(await settle(store, payments, "void", "no funds")).to.equal("done");
    expect(store.own).to.deep.include({ status: "CANCELLED", payment: { kind: "card", declined: "no funds" } });
  });

  it("go on to ship when the void comes too late", async () => {
    const payments = paying();
    payments.void.resolves({ status: "captured" });
    expect(await settle(new MemoryStore([own()]), payments, "void")).to.equal("Captured");
  });

  it("refund, and keep why it could not be shipped", async () => {
    const payments = paying();
    payments.refund.resolves({ status: "refunded" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect(await settle(store, payments, "refund", "no street")).to.equal("done");
    expect(store.own).to.deep.include({ status: "CANCELLED", shipment: { impossible: "no street" } });
  });

  it("never refund for an order that the other Region has shipped", async () => {
    const payments = paying();
    const store = new MemoryStore([own({ status: "PAID" }), own({ region: "us-west-2", status: "SHIPPING" })]);
    expect(await settle(store, payments, "refund")).to.equal("done");
    expect(store.own?.status).to.equal("SUPERSEDED");
    sinon.assert.notCalled(payments.refund);
  });
});

describe("The steps Ship and AwaitDelivery", () => {
  const shipping = () => sinon.createStubInstance(HttpShippingProvider);

  async function track(store: MemoryStore, shipments: HttpShippingProvider, polls = 0) {
    const { client, sent } = workflowsAnswering();
    const trouble = sinon.stub();
    const tracking = { store, shipments, reply: new TaskReply(client), maxPolls: 3, onTrouble: trouble };
    await trackOrder({ ...input("await-delivery", { polls }), token: "token" }, tracking);
    return {
      answers: sent.map(({ name, input: { error } }) => [name.replace("Command", ""), error].filter(Boolean).join(" ")),
      trouble,
    };
  }

  it("write SHIPPING with the parcel's number, from PAID and from PLACED alike", async () => {
    for (const status of ["PAID", "PLACED"] as const) {
      const shipments = shipping();
      shipments.ship.resolves({ status: "accepted", trackingNumber: "T1", carrier: "C" });
      const store = new MemoryStore([own({ status })]);
      await shipOrder(input("ship"), { store, shipments });
      expect(store.own).to.deep.include({ status: "SHIPPING", shipment: { trackingNumber: "T1", carrier: "C" } });
    }
  });

  it("tell the workflow what can't be shipped, and why", async () => {
    const shipments = shipping();
    shipments.ship.resolves({ status: "impossible", reason: "no street" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    const error = await shipOrder(input("ship"), { store, shipments }).catch((thrown: unknown) => thrown);
    expect(error).to.include({ name: "Impossible", message: "no street" });
    expect(store.own?.status).to.equal("PAID");
  });

  it("follow the parcel: each status is written, and the task is answered at the end only", async () => {
    const shipments = shipping();
    const store = new MemoryStore([own({ status: "SHIPPING" })]);
    shipments.read.resolves({ status: "accepted" });
    expect((await track(store, shipments)).answers).to.deep.equal([]);
    expect(store.wait?.token).to.equal("token");
    shipments.read.resolves({ status: "in-transit" });
    expect((await track(store, shipments)).answers).to.deep.equal([]);
    expect(store.own?.status).to.equal("SHIPPED");
    shipments.read.resolves({ status: "delivered" });
    expect((await track(store, shipments)).answers).to.deep.equal(["SendTaskSuccess"]);
    expect(store.own?.history.map(({ status }) => status)).to.include.members(["SHIPPED", "DELIVERED"]);
  });

  it("write both statuses where one was missed", async () => {
    const shipments = shipping();
    shipments.read.resolves({ status: "delivered" });
    const store = new MemoryStore([own({ status: "SHIPPING" })]);
    await track(store, shipments);
    expect(store.own?.history.map(({ status }) => status).slice(-2)).to.deep.equal(["SHIPPED", "DELIVERED"]);
  });

  it("take an unanswered question for a look that saw nothing", async () => {
    const shipments = shipping();
    shipments.read.rejects(new TransientError("no answer"));
    const { answers, trouble } = await track(new MemoryStore([own({ status: "SHIPPING" })]), shipments);
    expect(answers).to.deep.equal([]);
    sinon.assert.calledOnce(trouble);
  });

  it("say that a parcel is overdue at the last look", async () => {
    const shipments = shipping();
    shipments.read.resolves({ status: "in-transit" });
    const { answers } = await track(new MemoryStore([own({ status: "SHIPPED" })]), shipments, 2);
    expect(answers).to.deep.equal(["SendTaskFailure Overdue"]);
  });
});

describe("A look because of a webhook", () => {
  async function looked(store: MemoryStore, booked: Awaited<ReturnType<HttpShippingProvider["read"]>>, epoch = 1) {
    const shipments = sinon.createStubInstance(HttpShippingProvider);
    shipments.read.resolves(booked);
    const { client, sent } = workflowsAnswering();
    const tracking = { store, shipments, reply: new TaskReply(client), maxPolls: 1, onTrouble: sinon.stub() };
    await checkShipment({ orderId: own().orderId, epoch, openTask: "open" }, tracking);
    return sent.map(({ name, input: { taskToken } }) => `${name.replace("Command", "")} ${taskToken}`);
  }

  it("writes what has changed, and leaves the step waiting until the parcel is delivered", async () => {
    const store = new MemoryStore([own({ status: "SHIPPING" })]);
    expect(await looked(store, { status: "in-transit" })).to.deep.equal([]);
    expect(store.own?.status).to.equal("SHIPPED");
    expect(store.wait, "the step's own wait is not touched").to.equal(undefined);
    expect(await looked(store, { status: "delivered" })).to.deep.equal(["SendTaskSuccess open"]);
    expect(store.own?.status).to.equal("DELIVERED");
  });

  it("answers again when it comes twice: the first may have died before it answered", async () => {
    const store = new MemoryStore([own({ status: "DELIVERED" })]);
    expect(await looked(store, { status: "delivered" })).to.deep.equal(["SendTaskSuccess open"]);
  });

  it("leaves trouble that passes to the step, which is tried again", async () => {
    const store = new MemoryStore([own({ status: "SHIPPING" })]);
    sinon.stub(store, "partition").rejects(new TransientError("throttled"));
    expect(await looked(store, { status: "delivered" })).to.deep.equal(["SendTaskFailure open"]);
  });

  it("answers nothing for a step that waits for something else", async () => {
    const store = new MemoryStore([own({ status: "PLACED" })]);
    expect(await looked(store, { status: "delivered" })).to.deep.equal([]);
    expect(store.own?.status).to.equal("PLACED");
  });

  it("ends an execution whose order was taken over", async () => {
    const store = new MemoryStore([own({ status: "SHIPPING", epoch: 3 })]);
    expect(await looked(store, { status: "delivered" }, 1)).to.deep.equal(["SendTaskSuccess open"]);
    expect(store.own?.status).to.equal("SHIPPING");
  });
});

describe("An answer to a task that is over", () => {
  for (const name of ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]) {
    it(`(${name}) is not missed`, async () => {
      const { client } = workflowsAnswering(() => {
        throw Object.assign(new Error(name), { name });
      });
      await new TaskReply(client).succeeds("token");
    });
  }
});

describe("A call of an outside system", () => {
  const system = new HttpPaymentProvider({ ...nowhere, endpoint: "https://payment.example.com", timeoutMs: 1_000 });
  const order = own({ orderId: "A1" });
  const answering = (status: number, body: unknown) =>
    sinon
      .stub(globalThis, "fetch")
      .resolves(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
  const asking = () =>
    system.capture(order).then(
      (answer) => answer.status,
      (error: Error) => error.name,
    );

  const cases: [number, unknown, string][] = [
    [200, { status: "captured" }, "captured"],
    [409, { status: "voided" }, "voided"],
    [429, "", "Transient"],
    [503, "", "Transient"],
    [401, { error: "unauthorized" }, "ProviderRefusal"],
    [400, { status: "captured-too" }, "ProviderRefusal"],
    [200, "<html>", "Transient"],
    [200, { status: "surprise" }, "Transient"],
    [302, "", "Transient"],
  ];
  for (const [status, body, outcome] of cases) {
    it(`answered with ${status} ${JSON.stringify(body)} is ${outcome}`, async () => {
      answering(status, body);
      expect(await asking()).to.equal(outcome);
    });
  }

  it("that is not answered is transient, and tells nothing of the card", async () => {
    sinon.stub(globalThis, "fetch").rejects(new TypeError("fetch failed", { cause: new Error("ECONNRESET") }));
    const card = { number: "4242424242424242", expiry: "12/39", code: "123" };
    const error = await system.authorize(order, { kind: "card", card }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TransientError);
    expect(String((error as Error).stack)).to.not.contain(card.number);
  });

  const texts: [string, unknown, Record<string, unknown>][] = [
    ["keeps texts, composed and trimmed", { reference: " Cafe\u0301 " }, { reference: "Café" }],
    ["cuts a long text", { reason: "𠮷".repeat(40_000) }, { reason: "𠮷".repeat(200) }],
    ["leaves out a number", '{"status":"pending","reference":1e999}', {}],
    ["leaves out a list and an object", { reference: ["a"], reason: { constructor: "a" } }, {}],
    ["leaves out text that can't be stored or shown", { reference: "a\uD83E", reason: "a\u202Eb" }, {}],
    ["leaves out half a card", { card: { brand: "Visa" } }, {}],
    [
      "keeps a card's brand and last digits alone",
      { card: { brand: "Visa", last4: "4242", bin: 424242 } },
      { card: { brand: "Visa", last4: "4242" } },
    ],
  ];
  for (const [what, answer, expected] of texts) {
    it(`${what} of an answer`, async () => {
      answering(200, typeof answer === "string" ? answer : { status: "pending", ...(answer as object) });
      expect(await system.read(order)).to.deep.equal({ status: "pending", ...expected });
    });
  }

  it("carries the key, and a time-out", async () => {
    const fetched = answering(200, { status: "captured" });
    await asking();
    const [url, init] = fetched.firstCall.args;
    expect(url).to.equal("https://payment.example.com/payments/A1/capture");
    expect(init?.headers).to.include({ authorization: "Bearer key" });
    expect(init?.signal).to.be.instanceOf(AbortSignal);
    expect(init?.redirect).to.equal("error");
  });
});
