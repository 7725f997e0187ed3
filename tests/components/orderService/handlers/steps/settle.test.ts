import { expect } from "chai";
import sinon from "sinon";
import { settleOrder } from "../../../../../components/orderService/handlers/steps/settle";
import { HttpPaymentProvider } from "../../../../../components/orderService/payment/http/provider";
import { MemoryStore } from "../../../../kit/orderFakes";

import { own, stepInput } from "../../../../kit/orderSteps";

afterEach(() => sinon.restore());

describe("settleOrder", () => {
  const settle = async (
    store: MemoryStore,
    payments: HttpPaymentProvider,
    step: "capture" | "void" | "refund",
    reason?: string,
  ) =>
    await settleOrder({ ...stepInput(step), step, reason }, { store, payments }).then(
      () => "done",
      (error: Error) => `${error.name}`,
    );
  const paying = () => sinon.createStubInstance(HttpPaymentProvider);

  it("refuses a step that it does not know, as an older or newer definition may name one", async () => {
    const payments = paying();
    payments.capture.resolves({ status: "captured" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect(await settle(store, payments, "release" as "void")).to.equal("UnknownStep");
    expect(payments.capture.called).to.equal(false);
  });

  it("captures a PAID order, and writes nothing", async () => {
    const payments = paying();
    payments.capture.resolves({ status: "captured" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect(await settle(store, payments, "capture")).to.equal("done");
    expect(store.own).to.include({ status: "PAID", version: 3 });
  });

  it("cancels an order whose payment was voided before", async () => {
    const payments = paying();
    payments.capture.resolves({ status: "voided" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect(await settle(store, payments, "capture")).to.equal("Ended");
    expect(store.own?.status).to.equal("CANCELLED");
  });

  it("voids instead of capturing when the customer has cancelled", async () => {
    const payments = paying();
    payments.void.resolves({ status: "voided" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    store.cancelWished = true;
    expect(await settle(store, payments, "capture")).to.equal("Ended");
    expect(store.own?.status).to.equal("CANCELLED");
    sinon.assert.notCalled(payments.capture);
  });

  it("voids an unpaid order, and stores the reason", async () => {
    const payments = paying();
    payments.void.resolves({ status: "voided" });
    const store = new MemoryStore([own()]);
    expect(await settle(store, payments, "void", "no funds")).to.equal("done");
    expect(store.own).to.deep.include({ status: "CANCELLED", payment: { kind: "card", declined: "no funds" } });
  });

  it("continues with shipping when the void comes too late", async () => {
    const payments = paying();
    payments.void.resolves({ status: "captured" });
    expect(await settle(new MemoryStore([own()]), payments, "void")).to.equal("Captured");
  });

  it("refunds, and stores why the order could not be shipped", async () => {
    const payments = paying();
    payments.refund.resolves({ status: "refunded" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect(await settle(store, payments, "refund", "no street")).to.equal("done");
    expect(store.own).to.deep.include({ status: "CANCELLED", shipment: { impossible: "no street" } });
  });

  it("does not refund an order that the peer Region has shipped", async () => {
    const payments = paying();
    const store = new MemoryStore([own({ status: "PAID" }), own({ region: "us-west-2", status: "SHIPPING" })]);
    expect(await settle(store, payments, "refund")).to.equal("done");
    expect(store.own?.status).to.equal("SUPERSEDED");
    sinon.assert.notCalled(payments.refund);
  });
});
