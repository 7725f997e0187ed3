import { expect } from "chai";
import { type OrderView, sweep } from "../../../domain/order";
import { tokenOf } from "../../../local/providers/testCards";
import { goodCard } from "./orderStand";
import { useOrderStand } from "./sharedStand";

const card = (number: string) => ({ ...goodCard, number });

/** Every path of an order, with the deployed functions on one Region's emulator. */
describe("an order", function () {
  this.timeout(300_000);
  const here = useOrderStand();
  afterEach(() => here.stand.providers.controls.clearFaults());

  it("is delivered, charged once and shipped once, with one transition for each provider", async () => {
    const { stand } = here;
    const { orderId, status } = await stand.place();
    expect(status).to.equal(201);
    const item = await stand.until(orderId, "DELIVERED");

    const book = stand.providers.controls.records(orderId);
    expect(book.paidAmount).to.equal(6_980);
    expect(book.captures).to.have.length(1);
    expect(book.shipments).to.have.length(1);
    expect(item.history.map(({ status }) => status)).to.deep.equal([
      "PLACED",
      "PAID",
      "SHIPPING",
      "SHIPPED",
      "DELIVERED",
    ]);
    expect(item).to.not.have.any.keys("openIn", "sweepAt");
    const execution = await untilEnded(orderId);
    expect(execution?.status).to.equal("SUCCEEDED");
    expect(execution?.states.slice(0, 2)).to.deep.equal(["Authorize", "Ship"]);
    // A slow step of the parcel is polled.
    expect(execution?.states.slice(2)).to.satisfy((polls: string[]) => polls.every((state) => state === "Ship"));
    expect(execution?.states.length).to.be.within(2, 6);
  });

  it("deletes the card in the write that records the payment, and keeps only its last digits", async () => {
    const { stand } = here;
    const gate = stand.providers.controls.gate({ system: "payment", operation: "capture", when: "before" });
    const { orderId } = await stand.place();
    await gate.reached;
    expect((await stand.item(orderId))?.status).to.equal("PAID");
    expect(await stand.card(orderId)).to.equal(undefined);
    gate.open();
    expect((await stand.until(orderId, "DELIVERED")).payment.card).to.deep.equal({ brand: "visa", last4: "4242" });
  });

  describe("with a total of 0", () => {
    const body = {
      lines: [{ productId: "sample", quantity: 2 }],
      expectedTotal: { amount: 0, currency: "EUR" },
      payment: { kind: "none" },
    };
    before(() => here.stand.putProduct({ productId: "sample", price: { amount: 0, currency: "EUR" } }));

    it("is delivered without a card", async () => {
      const { stand } = here;
      const { orderId, status } = await stand.place({ body });
      expect(status).to.equal(201);
      expect(await stand.card(orderId)).to.equal(undefined);
      const item = await stand.until(orderId, "DELIVERED");
      expect(item.history.map((entry) => entry.status)).to.include.members(["PLACED", "PAID", "SHIPPING"]);
      const book = stand.providers.controls.records(orderId);
      expect([book.paidAmount, book.captures.length, book.shipments.length]).to.deep.equal([0, 1, 1]);
    });

    it("is delivered when the customer cancels during the capture", async () => {
      const { stand } = here;
      const gate = stand.providers.controls.gate({ system: "payment", operation: "capture", when: "before" });
      const { orderId } = await stand.place({ body });
      await gate.reached;
      await stand.call("POST", `/api/orders/${orderId}/cancel`);
      gate.open();
      await stand.until(orderId, "DELIVERED");
      expect(stand.providers.controls.records(orderId).voids).to.deep.equal([]);
    });

    it("is cancelled when it can't be shipped", async () => {
      const { stand } = here;
      const shipping = { name: "Ann", street: "1 High Street", city: "Town", postalCode: "00000", country: "US" };
      const { orderId } = await stand.place({ body: { ...body, shipping } });
      await stand.until(orderId, "CANCELLED");
      const book = stand.providers.controls.records(orderId);
      expect([book.paidAmount, book.shipments.length]).to.deep.equal([0, 0]);
    });

    it("is refused with a payment, as is any other order without one", async () => {
      const { stand } = here;
      const paid = await stand.place({ body: { ...body, payment: { kind: "token", token: "tok_1" } } });
      const unpaid = await stand.place({ payment: { kind: "none" } });
      for (const answer of [paid, unpaid]) {
        expect(answer.status).to.equal(422);
        expect(((await answer.json()) as { title: string }).title).to.equal("Wrong kind of payment");
      }
    });
  });

  it("accepts a payment token instead of a card", async () => {
    const { stand } = here;
    const { orderId } = await stand.place({ payment: { kind: "token", token: tokenOf("tok_visa", "customer-ann") } });
    await stand.until(orderId, "DELIVERED");
    expect(stand.providers.controls.records(orderId).paidAmount).to.equal(6_980);
  });

  it("is cancelled without a charge when the card is declined, and stores the reason", async () => {
    const { stand } = here;
    const { orderId } = await stand.place({ card: card("4000000000009995") });
    const item = await stand.until(orderId, "CANCELLED");
    expect(item.payment.declined).to.equal("insufficient_funds");
    expect(stand.providers.controls.records(orderId).captures).to.have.length(0);
    expect(await stand.card(orderId)).to.equal(undefined);
    expect((await untilEnded(orderId))?.states).to.deep.equal(["Authorize", "Void"]);
  });

  it("continues when a pending payment is authorized", async () => {
    const { stand } = here;
    const { orderId } = await stand.place({ card: card("4000000000003220") });
    await stand.until(orderId, "DELIVERED");
    expect(stand.providers.controls.records(orderId).authorizations).to.have.length(1);
  });

  it("is cancelled when a pending payment is declined", async () => {
    const { stand } = here;
    const { orderId } = await stand.place({ card: card("4000008400001629") });
    const item = await stand.until(orderId, "CANCELLED");
    expect(item.payment.declined).to.equal("authentication_failed");
  });

  it("continues without webhooks, by polling the providers", async () => {
    const { stand } = here;
    stand.providers.controls.fault({ system: "payment", operation: "webhook", kind: "drop", times: "always" });
    stand.providers.controls.fault({ system: "shipping", operation: "webhook", kind: "drop", times: "always" });
    const { orderId } = await stand.place({ card: card("4000000000003220") });
    await stand.until(orderId, "DELIVERED");
  });

  it("is cancelled when a payment stays pending for too long, and its payment voided", async () => {
    const { stand } = here;
    const pace = stand.providers.controls.pace();
    stand.providers.controls.setPace({ pendingMs: 600_000 });
    const { orderId } = await stand.place({ card: card("4000000000003220") });
    try {
      const item = await stand.until(orderId, "CANCELLED");
      expect(item.payment.declined).to.match(/in time/);
      expect(stand.providers.controls.records(orderId).payment?.status).to.equal("voided");
    } finally {
      stand.providers.controls.setPace(pace);
    }
  });

  describe("that the customer must confirm to their bank", () => {
    const challenged = () => here.stand.place({ card: card("4000002760003184") });
    const view = async (orderId: string) => {
      const answer = await here.stand.call("GET", `/api/orders/${orderId}`);
      return (await answer.json()) as OrderView;
    };
    const pageOf = async (orderId: string): Promise<string> => {
      for (let attempt = 1; attempt <= 1_000; attempt++) {
        const { challengeUrl } = (await view(orderId)).payment;
        if (challengeUrl !== undefined) return challengeUrl;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error("The order names no page within 100 seconds.");
    };
    const answer = (page: string, value: "approve" | "refuse") =>
      fetch(page, { method: "POST", body: new URLSearchParams({ answer: value }), redirect: "manual" });

    it("is paid once they have, and no longer names the page", async () => {
      const { stand } = here;
      const { orderId } = await challenged();
      const page = await pageOf(orderId);
      expect(stand.providers.controls.records(orderId).authorizations).to.have.length(0);
      await answer(page, "approve");
      await stand.until(orderId, "DELIVERED");
      const { captures, authorizations } = stand.providers.controls.records(orderId);
      expect([authorizations.length, captures.length]).to.deep.equal([1, 1]);
      expect((await view(orderId)).payment).not.to.have.property("challengeUrl");
      expect(await stand.card(orderId)).to.equal(undefined);
    });

    it("is cancelled without a charge when they refuse", async () => {
      const { stand } = here;
      const { orderId } = await challenged();
      await answer(await pageOf(orderId), "refuse");
      const item = await stand.until(orderId, "CANCELLED");
      expect(item.payment.declined).to.equal("authentication_failed");
      expect(stand.providers.controls.records(orderId)).to.have.property("paidAmount", 0);
    });

    it("is given up when they do not answer in time, and a late approval charges nothing", async () => {
      const { stand } = here;
      const { orderId } = await challenged();
      const page = await pageOf(orderId);
      const item = await stand.until(orderId, "CANCELLED");
      expect(item.payment.declined).to.match(/in time/);
      await answer(page, "approve");
      const { payment, authorizations, captures } = stand.providers.controls.records(orderId);
      expect([payment?.status, authorizations.length, captures.length]).to.deep.equal(["voided", 0, 0]);
    });

    it("is voided, not captured, when they approve after it was given up and before the void", async () => {
      const { stand } = here;
      const { controls } = stand.providers;
      const { orderId } = await challenged();
      const page = await pageOf(orderId);
      const gate = controls.gate({ system: "payment", operation: "void", orderId, when: "before" });
      await gate.reached;
      await answer(page, "approve");
      expect(controls.records(orderId).authorizations).to.have.length(1);
      gate.open();
      await stand.until(orderId, "CANCELLED");
      const { payment, captures } = controls.records(orderId);
      expect([payment?.status, captures.length]).to.deep.equal(["voided", 0]);
    });

    it("names no page once they have asked to cancel, and a later approval charges nothing", async () => {
      const { stand } = here;
      const { orderId } = await challenged();
      const page = await pageOf(orderId);
      await stand.call("POST", `/api/orders/${orderId}/cancel`);
      expect((await view(orderId)).payment).not.to.have.property("challengeUrl");
      await stand.until(orderId, "CANCELLED");
      await answer(page, "approve");
      expect(stand.providers.controls.records(orderId)).to.have.property("paidAmount", 0);
    });
  });

  it("survives transient failures", async () => {
    const { stand } = here;
    const { controls } = stand.providers;
    const { orderId } = await stand.place({ card: card("4000000000000119") });
    for (const operation of ["capture", "void"] as const) {
      controls.fault({ system: "payment", operation, kind: "unavailable", orderId, times: 2 });
    }
    controls.fault({ system: "shipping", operation: "ship", kind: "unavailable", orderId, times: 2 });
    controls.fault({ system: "shipping", operation: "read", kind: "unavailable", orderId, times: 2 });
    await stand.until(orderId, "DELIVERED");
    const book = controls.records(orderId);
    expect([book.captures.length, book.shipments.length]).to.deep.equal([1, 1]);
  });

  it("stays open when retries are exhausted, and is finished after a sweep", async () => {
    const { stand } = here;
    const key = "exhausted-1";
    stand.providers.controls.fault({ system: "payment", operation: "capture", kind: "unavailable", times: "always" });
    const { orderId } = await stand.place({ key, customer: "customer-max" });
    const execution = await untilEnded(orderId);
    expect(execution).to.include({ status: "FAILED", error: "Transient" });
    const left = await stand.item(orderId);
    expect(left?.status).to.equal("PAID");
    expect(left?.openIn).to.match(/^us-east-1#\d+$/);

    stand.providers.controls.clearFaults();
    await stand.sweep(orderId);
    const item = await stand.until(orderId, "DELIVERED");
    expect(item.epoch).to.equal(2);
    expect(stand.providers.controls.records(orderId).captures).to.have.length(1);
  });

  it("is refunded when it can't be shipped, and stores the reason", async () => {
    const { stand } = here;
    stand.providers.controls.fault({
      system: "shipping",
      operation: "ship",
      kind: "impossible",
      reason: "No such street.",
    });
    const { orderId } = await stand.place();
    const item = await stand.until(orderId, "CANCELLED");
    expect(item.shipment.impossible).to.equal("No such street.");
    const book = stand.providers.controls.records(orderId);
    expect([book.captures.length, book.refunds.length, book.paidAmount]).to.deep.equal([1, 1, 0]);
    expect((await untilEnded(orderId))?.states).to.deep.equal(["Authorize", "Ship", "Refund"]);
  });

  it("stays open with RefundFailing when a refund keeps failing, and is refunded after a sweep", async () => {
    const { stand } = here;
    const { controls } = stand.providers;
    controls.fault({ system: "shipping", operation: "ship", kind: "impossible" });
    controls.fault({ system: "payment", operation: "refund", kind: "unavailable", times: "always" });
    const { orderId } = await stand.place();
    const execution = await untilEnded(orderId);
    expect(execution).to.include({ status: "FAILED", error: "RefundFailing" });
    expect(execution?.cause).to.contain(orderId);
    expect(await stand.item(orderId)).to.include({ status: "PAID" });
    expect((await stand.item(orderId))?.openIn).to.be.a("string");

    controls.clearFaults();
    await stand.sweep(orderId);
    await stand.until(orderId, "CANCELLED");
    expect(controls.records(orderId).refunds).to.have.length(1);
    expect(controls.records(orderId).shipments).to.have.length(0);
  });

  it("is cancelled by the customer while the payment is pending", async () => {
    const { stand } = here;
    const { orderId } = await stand.place({ card: card("4000000000003220") });
    const answer = await stand.call("POST", `/api/orders/${orderId}/cancel`);
    expect(answer.status).to.equal(202);
    expect(await answer.json()).to.deep.equal({ orderId, cancellation: "requested" });
    await stand.until(orderId, "CANCELLED");
    expect(stand.providers.controls.records(orderId).captures).to.have.length(0);
    const again = await stand.call("POST", `/api/orders/${orderId}/cancel`);
    expect(await again.json()).to.deep.equal({ orderId, cancellation: "done" });
  });

  it("is cancelled by the customer between authorization and capture", async () => {
    const { stand } = here;
    const gate = stand.providers.controls.gate({ system: "payment", operation: "authorize", when: "after" });
    const { orderId } = await stand.place();
    await gate.reached;
    expect((await stand.call("POST", `/api/orders/${orderId}/cancel`)).status).to.equal(202);
    gate.open();
    await stand.until(orderId, "CANCELLED");
    expect(stand.providers.controls.records(orderId).payment?.status).to.equal("voided");
  });

  it("is shipped when the customer cancels during the capture", async () => {
    const { stand } = here;
    const gate = stand.providers.controls.gate({ system: "payment", operation: "capture", when: "after" });
    const { orderId } = await stand.place();
    await gate.reached;
    expect((await stand.call("POST", `/api/orders/${orderId}/cancel`)).status).to.equal(202);
    expect((await stand.order(orderId)).cancelRequested).to.equal(true);
    gate.open();
    await stand.until(orderId, "DELIVERED");
    const book = stand.providers.controls.records(orderId);
    expect([book.captures.length, book.refunds.length, book.shipments.length]).to.deep.equal([1, 0, 1]);
    expect((await stand.order(orderId)).cancelRequested).to.equal(false);
  });

  it("can't be cancelled after it is handed to the carrier", async () => {
    const { stand } = here;
    stand.providers.controls.holdShipments();
    try {
      const { orderId } = await stand.place();
      await stand.until(orderId, "SHIPPING");
      const answer = await stand.call("POST", `/api/orders/${orderId}/cancel`);
      expect(answer.status).to.equal(409);
      expect(((await answer.json()) as { orderStatus: string }).orderStatus).to.equal("SHIPPING");
      stand.providers.controls.releaseShipments();
      await stand.until(orderId, "DELIVERED");
    } finally {
      stand.providers.controls.releaseShipments();
    }
  });

  it("is finished after a sweep when its execution was stopped", async () => {
    const { stand } = here;
    const gate = stand.providers.controls.gate({ system: "payment", operation: "capture", when: "before" });
    const { orderId } = await stand.place();
    await gate.reached;
    await stand.stopExecution(orderId);
    gate.open();
    await stand.sweep(orderId);
    const item = await stand.until(orderId, "DELIVERED");
    expect(item.epoch).to.equal(2);
    expect(stand.providers.controls.records(orderId).captures).to.have.length(1);
  });

  it("is tracked to delivery by a new execution when the first one was stopped", async () => {
    const { stand } = here;
    stand.providers.controls.holdShipments();
    try {
      const { orderId } = await stand.place();
      await stand.until(orderId, "SHIPPING");
      await stand.stopExecution(orderId);
      await stand.sweep(orderId);
      stand.providers.controls.releaseShipments();
      const item = await stand.until(orderId, "DELIVERED");
      expect(item.epoch).to.equal(2);
      expect((await stand.execution(orderId, 2))?.states.slice(0, 2)).to.deep.equal(["Authorize", "Ship"]);
      expect(stand.providers.controls.records(orderId).shipments).to.have.length(1);
    } finally {
      stand.providers.controls.releaseShipments();
    }
  });

  it("is only postponed by a sweep while its execution runs", async () => {
    const { stand } = here;
    const gate = stand.providers.controls.gate({ system: "payment", operation: "capture", when: "before" });
    const { orderId } = await stand.place();
    await gate.reached;
    const before = await stand.item(orderId);
    await stand.sweep(orderId);
    const after = await stand.item(orderId);
    expect(after?.epoch).to.equal(1);
    expect(after!.sweepAt! > before!.sweepAt!).to.equal(true);
    gate.open();
    await stand.until(orderId, "DELIVERED");
  });

  it("is charged and shipped once after a wrong restart, with two executions at work", async () => {
    const { stand } = here;
    const gate = stand.providers.controls.gate({ system: "payment", operation: "capture", when: "before" });
    const { orderId } = await stand.place();
    await gate.reached;
    const own = (await stand.item(orderId))!;
    const wrong = sweep({ orders: [own], cancelWished: false }, own.region, false, { at: new Date().toISOString() });
    if (wrong.kind !== "restart") throw new Error(`The sweep would ${wrong.kind}.`);
    await stand.putOrder(wrong.write.item);
    await stand.until(orderId, "DELIVERED");
    gate.open();
    const first = await untilEnded(orderId, 1);
    expect(first?.status).to.equal("SUCCEEDED");
    // It finds itself taken over in the step that was held, or, if that step has timed out before, in the next one.
    expect(first?.states.at(-1)).to.be.oneOf(["Ended", "Ship"]);
    const book = stand.providers.controls.records(orderId);
    expect([book.captures.length, book.refunds.length, book.shipments.length]).to.deep.equal([1, 0, 1]);
  });

  async function untilEnded(orderId: string, epoch = 1) {
    for (let round = 0; round < 1_000; round++) {
      const execution = await here.stand.execution(orderId, epoch);
      if (execution && execution.status !== "RUNNING") return execution;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return await here.stand.execution(orderId, epoch);
  }
});
