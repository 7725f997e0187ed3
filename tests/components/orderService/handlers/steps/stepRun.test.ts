import { expect } from "chai";
import sinon from "sinon";
import { type Performed, runStep, type StepRun } from "../../../../../components/orderService/handlers/steps/stepRun";
import { TransientError } from "../../../../../components/runtime/transientError";
import { type Action, advance, type OrderItem, takeOver } from "../../../../../domain/order";
import { MemoryStore } from "../../../../kit/orderFakes";
import { orderId, own } from "../../../../kit/orderSteps";

const AT = "2026-01-01T00:01:00.000Z";

function run(store: MemoryStore, perform: StepRun["perform"], more: Partial<StepRun> = {}) {
  return runStep({ orderId, epoch: 1 }, { store, perform, ...more });
}
const answering = (...answers: Performed[]) => {
  const stub = sinon.stub<[OrderItem], Promise<Performed>>();
  for (const [index, answer] of answers.entries()) stub.onCall(index).resolves(answer);
  return stub;
};
const paid: Performed = { kind: "write", status: "PAID" };

describe("runStep", () => {
  it("performs, writes, and hands the next action to another step with the reason", async () => {
    const store = new MemoryStore([own()]);
    const exit = await run(store, { authorize: answering({ ...paid, reason: "Approved." }) });
    expect(exit).to.deep.equal({ kind: "next", action: "capture", reason: "Approved." });
    expect(store.own).to.include({ status: "PAID", version: 4 });
  });

  it("reads the order again before each call that moves something", async () => {
    const store = new MemoryStore([own()]);
    const capture = answering({ kind: "known", known: { captured: true } });
    await run(store, { authorize: answering(paid), capture });
    sinon.assert.calledOnceWithMatch(capture, { status: "PAID" });
    expect(store.reads).to.equal(2);
  });

  it("takes a given partition for the first read", async () => {
    const store = new MemoryStore([own()]);
    const partition = await store.partition();
    await run(store, { authorize: answering({ kind: "wait" }) }, { partition });
    expect(store.reads).to.equal(1);
  });

  it("decides again when another writer was first", async () => {
    const store = new MemoryStore([own()]);
    store.meanwhile = () => {
      delete store.meanwhile;
      store.replace(advance(store.own!, "PAID", { at: AT }).item);
    };
    const authorize = answering(paid);
    expect(await run(store, { authorize })).to.include({ kind: "next", action: "capture" });
    sinon.assert.calledOnce(authorize);
    expect(store.own).to.include({ status: "PAID", version: 4 });
  });

  it("gives up with an error that passes when the order changes in every round", async () => {
    const store = new MemoryStore([own()]);
    store.meanwhile = () => store.replace({ ...store.own!, version: store.own!.version + 1 });
    const authorize = sinon.stub<[OrderItem], Promise<Performed>>().resolves(paid);
    const error = await run(store, { authorize }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TransientError);
    expect(authorize.callCount).to.be.within(2, 16);
  });

  it("waits if the answer says so, after its write too, unless another writer was first", async () => {
    expect(await run(new MemoryStore([own()]), { authorize: answering({ kind: "wait" }) })).to.deep.equal({
      kind: "wait",
    });
    const store = new MemoryStore([own()]);
    const exit = await run(store, { authorize: answering({ ...paid, thenWaits: true }), capture: sinon.stub() });
    expect(exit).to.deep.equal({ kind: "wait" });
    expect(store.own?.status).to.equal("PAID");
  });

  it("ends without a call when the order is final, or another execution's", async () => {
    const authorize = sinon.stub();
    const perform: Partial<Record<Action, sinon.SinonStub>> = { authorize };
    for (const order of [own({ status: "CANCELLED" }), own({ epoch: 2 })]) {
      expect(await run(new MemoryStore([order]), perform)).to.deep.equal({ kind: "ended" });
    }
    sinon.assert.notCalled(authorize);
  });

  it("supersedes its item when the peer Region has taken the order over", async () => {
    const order = own();
    const taken = takeOver({ orders: [order], cancelWished: false }, "us-west-2", { at: AT })!.item;
    const store = new MemoryStore([order, taken]);
    const authorize = sinon.stub();
    expect(await run(store, { authorize })).to.deep.equal({ kind: "ended" });
    expect(store.own?.status).to.equal("SUPERSEDED");
    sinon.assert.notCalled(authorize);
  });
});
