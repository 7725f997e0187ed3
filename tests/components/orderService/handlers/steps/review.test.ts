import { expect } from "chai";
import sinon from "sinon";
import { type OrderCheck, reviewOrder } from "../../../../../components/orderService/handlers/steps/review";
import { settleOrder } from "../../../../../components/orderService/handlers/steps/settle";
import { HttpPaymentProvider } from "../../../../../components/orderService/payment/http/provider";
import type { OrderItem, ReviewAnswer, StepInput } from "../../../../../domain/order";
import { MemoryStore } from "../../../../kit/orderFakes";
import { own, stepInput } from "../../../../kit/orderSteps";

afterEach(() => sinon.restore());

describe("reviewOrder", () => {
  const paidAgo = (seconds: number, changes: Partial<OrderItem> = {}) =>
    own({
      status: "PAID",
      history: [
        { status: "PAID", at: new Date(Date.now() - seconds * 1_000).toISOString(), region: "us-east-1", epoch: 1 },
      ],
      ...changes,
    });

  async function review(store: MemoryStore, check: OrderCheck, undecided: "accept" | "decline" = "decline") {
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const limits = { timeoutMs: 30, limitSeconds: 600, undecided };
    const input = { ...stepInput("capture"), step: "review" } as StepInput;
    const result = await reviewOrder(input, { store, check, log, ...limits }).then(
      () => "done",
      (error: Error) => `${error.name}${error.message && `: ${error.message}`}`,
    );
    return { result, log };
  }
  const answering = (answer: unknown) => sinon.stub().resolves(answer as ReviewAnswer);

  it("lets an accepted order be captured, and writes nothing", async () => {
    const store = new MemoryStore([paidAgo(10)]);
    const before = structuredClone(store.own);
    const check = answering({ decision: "accept" });
    expect((await review(store, check)).result).to.equal("done");
    expect(store.own).to.deep.equal(before);
    expect(check.firstCall.args[0]).to.include({ orderId: before!.orderId }).and.not.have.property("history");
  });

  it("sends a declined order to Void with the reason, which cancels it", async () => {
    const store = new MemoryStore([paidAgo(10)]);
    expect((await review(store, answering({ decision: "decline", reason: "Too many orders." }))).result).to.equal(
      "Unpaid: Too many orders.",
    );
    const payments = sinon.createStubInstance(HttpPaymentProvider);
    payments.void.resolves({ status: "voided" });
    await settleOrder({ ...stepInput("void"), step: "void", reason: "Too many orders." }, { store, payments });
    expect(store.own).to.include({ status: "CANCELLED" });
    expect(store.own?.payment.declined).to.equal("Too many orders.");
  });

  it("ships a declined order whose money an earlier execution captured", async () => {
    const store = new MemoryStore([paidAgo(10)]);
    const payments = sinon.createStubInstance(HttpPaymentProvider);
    payments.void.resolves({ status: "captured" });
    const voided = settleOrder({ ...stepInput("void"), step: "void", reason: "No." }, { store, payments });
    expect((await voided.catch((error: Error) => error))?.["name" as never]).to.equal("Captured");
    expect(store.own?.status).to.equal("PAID");
  });

  for (const [what, check] of [
    ["is undecided", answering({ decision: "review" })],
    ["fails", sinon.stub().rejects(new Error("away"))],
    ["throws", sinon.stub().throws(new Error("broken"))],
    ["gives no answer in time", () => new Promise<never>(() => {})],
    ["gives an unknown answer", answering({ decision: "maybe" })],
    ["gives a reason that is no text", answering({ decision: "decline", reason: 7 })],
    ["answers nothing", answering(null)],
  ] as [string, OrderCheck][]) {
    it(`asks again while the check ${what}, and decides as configured after the limit`, async () => {
      expect((await review(new MemoryStore([paidAgo(599)]), check)).result).to.equal("UnderReview");
      expect((await review(new MemoryStore([paidAgo(600)]), check, "accept")).result).to.equal("done");
      expect((await review(new MemoryStore([paidAgo(600)]), check, "decline")).result).to.match(/^Unpaid: We cannot/);
    });
  }

  it("aborts a check that takes too long, and logs it with the order's id alone", async () => {
    let aborted = false;
    const { log } = await review(
      new MemoryStore([paidAgo(10)]),
      (_order, signal) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            aborted = true;
          });
        }),
    );
    expect(aborted).to.equal(true);
    expect(log.error.firstCall.args[0]).to.equal("Review failed");
    expect(Object.keys(log.error.firstCall.args[1])).to.deep.equal(["orderId", "error"]);
  });

  it("asks nothing about an order that the customer cancelled: Capture voids it", async () => {
    const store = new MemoryStore([paidAgo(10)]);
    store.cancelWished = true;
    const check = answering({ decision: "accept" });
    expect((await review(store, check)).result).to.equal("done");
    sinon.assert.notCalled(check);
  });

  it("declines for the customer's cancellation only what the check declined, if both come at once", async () => {
    const store = new MemoryStore([paidAgo(10)]);
    const check = sinon.stub().callsFake(async () => {
      store.cancelWished = true;
      return { decision: "accept" };
    });
    expect((await review(store, check)).result).to.equal("done");
  });

  it("asks nothing about a finished, travelling or taken over order", async () => {
    const check = answering({ decision: "accept" });
    expect((await review(new MemoryStore([own({ status: "CANCELLED" })]), check)).result).to.equal("Ended");
    expect((await review(new MemoryStore([own({ status: "SHIPPED" })]), check)).result).to.equal("Travelling");
    expect((await review(new MemoryStore([paidAgo(10, { epoch: 9 })]), check)).result).to.equal("Ended");
    sinon.assert.notCalled(check);
  });
});
