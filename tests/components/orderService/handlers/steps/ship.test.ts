import { expect } from "chai";
import sinon from "sinon";
import { TaskReply } from "../../../../../components/orderService/handlers/executions/taskReply";
import { checkShipment, shipOrder } from "../../../../../components/orderService/handlers/steps/ship";
import { HttpShippingProvider } from "../../../../../components/orderService/shipping/http/provider";
import { TransientError } from "../../../../../components/runtime/transientError";
import type { OrderItem } from "../../../../../domain/order";
import { MemoryStore, workflowsAnswering } from "../../../../kit/orderFakes";

import { orderId, own, stepInput } from "../../../../kit/orderSteps";

afterEach(() => sinon.restore());

describe("shipOrder", () => {
  const shipping = () => sinon.createStubInstance(HttpShippingProvider);

  async function ship(store: MemoryStore, shipments: HttpShippingProvider, polls = 0) {
    const { client, sent } = workflowsAnswering();
    const trouble = sinon.stub();
    const deps = { store, shipments, reply: new TaskReply(client), maxPolls: 3, onTrouble: trouble };
    await shipOrder({ ...stepInput("ship", { polls }), token: "token" }, deps);
    return {
      answers: sent.map(({ name, input: { error, cause } }) =>
        [name.replace("Command", ""), error, cause].filter(Boolean).join(" "),
      ),
      trouble,
    };
  }

  it("writes SHIPPING with the tracking number, from PAID and from PLACED, and waits", async () => {
    for (const status of ["PAID", "PLACED"] as const) {
      const shipments = shipping();
      const tracking = { trackingNumber: "T1", carrier: "C", trackingUrl: "https://c.example.com/T1" };
      shipments.ship.resolves({ status: "accepted", ...tracking });
      shipments.read.resolves({ status: "accepted" });
      const store = new MemoryStore([own({ status })]);
      expect((await ship(store, shipments)).answers).to.deep.equal([]);
      expect(store.own).to.deep.include({ status: "SHIPPING", shipment: tracking });
      expect(store.wait?.token).to.equal("token");
    }
  });

  it("reads the record after SHIPPING is written, since a webhook that came before did nothing", async () => {
    const shipments = shipping();
    const store = new MemoryStore([own({ status: "PAID" })]);
    shipments.ship.callsFake(async () => {
      expect(store.wait?.token, "the wait is recorded before").to.equal("token");
      return { status: "accepted", trackingNumber: "T1", carrier: "C" };
    });
    shipments.read.resolves({ status: "in-transit" });
    await ship(store, shipments);
    expect(store.own?.status).to.equal("SHIPPED");
  });

  it("signals Impossible with the reason, and writes nothing", async () => {
    const shipments = shipping();
    shipments.ship.resolves({ status: "impossible", reason: "no street" });
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect((await ship(store, shipments)).answers).to.deep.equal(["SendTaskFailure Impossible no street"]);
    expect(store.own?.status).to.equal("PAID");
  });

  it("has the step retried when the provider does not answer the booking", async () => {
    const shipments = shipping();
    shipments.ship.rejects(new TransientError("no answer"));
    const store = new MemoryStore([own({ status: "PAID" })]);
    expect((await ship(store, shipments)).answers).to.deep.equal(["SendTaskFailure Transient no answer"]);
    expect(store.own?.status).to.equal("PAID");
  });

  it("writes each status of the parcel, and answers the task at the end only", async () => {
    const shipments = shipping();
    const store = new MemoryStore([own({ status: "SHIPPING" })]);
    shipments.read.resolves({ status: "accepted" });
    expect((await ship(store, shipments)).answers).to.deep.equal([]);
    expect(store.wait?.token).to.equal("token");
    shipments.read.resolves({ status: "in-transit" });
    expect((await ship(store, shipments)).answers).to.deep.equal([]);
    expect(store.own?.status).to.equal("SHIPPED");
    shipments.read.resolves({ status: "delivered" });
    expect((await ship(store, shipments)).answers).to.deep.equal(["SendTaskSuccess"]);
    expect(store.own?.history.map(({ status }) => status)).to.include.members(["SHIPPED", "DELIVERED"]);
  });

  it("writes both statuses if one was missed", async () => {
    const shipments = shipping();
    shipments.read.resolves({ status: "delivered" });
    const store = new MemoryStore([own({ status: "SHIPPING" })]);
    await ship(store, shipments);
    expect(store.own?.history.map(({ status }) => status).slice(-2)).to.deep.equal(["SHIPPED", "DELIVERED"]);
  });

  it("keeps waiting when the provider does not answer", async () => {
    const shipments = shipping();
    shipments.read.rejects(new TransientError("no answer"));
    const { answers, trouble } = await ship(new MemoryStore([own({ status: "SHIPPING" })]), shipments);
    expect(answers).to.deep.equal([]);
    sinon.assert.calledOnce(trouble);
  });

  it("signals Overdue at the last check", async () => {
    const shipments = shipping();
    shipments.read.resolves({ status: "in-transit" });
    const { answers } = await ship(new MemoryStore([own({ status: "SHIPPED" })]), shipments, 2);
    expect(answers).to.deep.equal(["SendTaskFailure Overdue"]);
  });
});

describe("checkShipment", () => {
  async function check(
    store: MemoryStore,
    recorded: Awaited<ReturnType<HttpShippingProvider["read"]>>,
    shipments = sinon.createStubInstance(HttpShippingProvider),
  ) {
    shipments.read.resolves(recorded);
    const { client, sent } = workflowsAnswering();
    const tracking = { store, shipments, reply: new TaskReply(client), maxPolls: 1, onTrouble: sinon.stub() };
    await checkShipment({ orderId: own().orderId, webhookId: "hook" }, tracking);
    return sent.map(({ name, input: { taskToken } }) => `${name.replace("Command", "")} ${taskToken}`);
  }

  /** A store in which the execution of the first epoch waits. */
  async function waitingFor(item: Partial<OrderItem>): Promise<MemoryStore> {
    const store = new MemoryStore([own(item)]);
    await store.startWait(orderId, 1, "open", "now");
    return store;
  }

  it("writes what has changed, and leaves the step waiting until the parcel is delivered", async () => {
    const store = await waitingFor({ status: "SHIPPING" });
    const before = structuredClone(store.wait);
    expect(await check(store, { status: "in-transit" })).to.deep.equal([]);
    expect(store.own?.status).to.equal("SHIPPED");
    expect(store.wait, "the step's own wait is not touched").to.deep.equal(before);
    expect(await check(store, { status: "delivered" })).to.deep.equal(["SendTaskSuccess open"]);
    expect(store.own?.status).to.equal("DELIVERED");
  });

  it("reads the order once, and a record once unless a status was missed", async () => {
    for (const [status, reads] of [
      ["in-transit", 1],
      ["delivered", 2],
    ] as const) {
      const store = await waitingFor({ status: "SHIPPING" });
      const shipments = sinon.createStubInstance(HttpShippingProvider);
      await check(store, { status }, shipments);
      sinon.assert.callCount(shipments.read, reads);
      expect(store.reads, "of the order").to.equal(1);
    }
  });

  it("writes what has changed while no execution waits: the first run may have died after it ended the wait", async () => {
    const store = new MemoryStore([own({ status: "SHIPPED" })]);
    expect(await check(store, { status: "delivered" })).to.deep.equal([]);
    expect(store.own?.status).to.equal("DELIVERED");
  });

  it("answers a task that still waits for a delivered order", async () => {
    expect(await check(await waitingFor({ status: "DELIVERED" }), { status: "delivered" })).to.deep.equal([
      "SendTaskSuccess open",
    ]);
  });

  it("passes a transient error to the step, which is retried", async () => {
    const store = await waitingFor({ status: "SHIPPING" });
    sinon.stub(store, "write").rejects(new TransientError("throttled"));
    expect(await check(store, { status: "delivered" })).to.deep.equal(["SendTaskFailure open"]);
  });

  it("fails if the order cannot be read, so that the event is retried", async () => {
    const store = await waitingFor({ status: "SHIPPING" });
    sinon.stub(store, "partition").rejects(new TransientError("throttled"));
    const failed = await check(store, { status: "delivered" }).catch((error: Error) => error.message);
    expect(failed).to.equal("throttled");
  });

  it("does not answer a step that waits for a payment", async () => {
    const store = await waitingFor({ status: "PLACED" });
    expect(await check(store, { status: "delivered" })).to.deep.equal([]);
    expect(store.own?.status).to.equal("PLACED");
  });

  it("ends an execution whose order the peer Region has taken over", async () => {
    const store = await waitingFor({ status: "SUPERSEDED" });
    expect(await check(store, { status: "delivered" })).to.deep.equal(["SendTaskSuccess open"]);
    expect(store.own?.status).to.equal("SUPERSEDED");
  });

  it("leaves the peer Region's order alone", async () => {
    const store = new MemoryStore([own({ status: "SHIPPING", region: "us-west-2" })]);
    const shipments = sinon.createStubInstance(HttpShippingProvider);
    expect(await check(store, { status: "delivered" }, shipments)).to.deep.equal([]);
    sinon.assert.notCalled(shipments.read);
  });
});
