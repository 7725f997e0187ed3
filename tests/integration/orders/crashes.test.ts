import { expect } from "chai";
import type { GateOrder } from "../../../local/providers";
import { killCallersOf } from "./killCaller";
import { useOrderStand } from "./sharedStand";

/** An order's outcome must not depend on the time at which a function dies or a call takes effect. */
describe("an order whose step is killed after the provider call and before the write", function () {
  this.timeout(300_000);
  const here = useOrderStand();
  afterEach(() => here.stand.providers.controls.clearFaults());

  const schedules: {
    step: string;
    gate: Omit<GateOrder, "when">;
    prepare?: "impossible" | "cancel";
    ends: "DELIVERED" | "CANCELLED";
  }[] = [
    { step: "authorize", gate: { system: "payment", operation: "authorize" }, ends: "DELIVERED" },
    { step: "capture", gate: { system: "payment", operation: "capture" }, ends: "DELIVERED" },
    { step: "ship", gate: { system: "shipping", operation: "ship" }, ends: "DELIVERED" },
    { step: "refund", gate: { system: "payment", operation: "refund" }, prepare: "impossible", ends: "CANCELLED" },
    { step: "void", gate: { system: "payment", operation: "void" }, prepare: "cancel", ends: "CANCELLED" },
  ];
  for (const { step, gate: at, prepare, ends } of schedules) {
    it(`(${step}) is charged and shipped at most once, and ends ${ends}`, async () => {
      if (process.platform !== "linux")
        throw new Error("This test finds the process to kill in /proc; run it on Linux.");
      const { stand } = here;
      const { controls } = stand.providers;
      if (prepare === "impossible") controls.fault({ system: "shipping", operation: "ship", kind: "impossible" });
      const gate = controls.gate({ ...at, when: "after" });
      const card = prepare === "cancel" ? { number: "4000000000003220", expiry: "12/39", code: "123" } : undefined;
      const { orderId } = await stand.place({ card });
      if (prepare === "cancel") await stand.call("POST", `/api/orders/${orderId}/cancel`);
      await gate.reached;
      const url = at.system === "payment" ? stand.providers.paymentUrl : stand.providers.shippingUrl;
      expect(killCallersOf(Number(new URL(url).port))).to.be.greaterThan(0);
      gate.open();

      await stand.until(orderId, ends, 40);
      const book = controls.records(orderId);
      expect(book.captures.length).to.be.at.most(1);
      expect(book.shipments.length).to.equal(ends === "DELIVERED" ? 1 : 0);
      expect(book.paidAmount).to.equal(ends === "DELIVERED" ? 6_980 : 0);
      expect(await stand.card(orderId)).to.equal(undefined);
    });
  }
});

describe("a call that takes effect after its caller gave up", function () {
  this.timeout(300_000);
  const here = useOrderStand();
  afterEach(() => here.stand.providers.controls.clearFaults());

  it("(authorize, after the void) leaves no hold on the card", async () => {
    const { stand } = here;
    const { controls } = stand.providers;
    controls.fault({ system: "payment", operation: "authorize", kind: "late", ms: 6_000 });
    const gate = controls.gate({ system: "payment", operation: "authorize", when: "before" });
    const { orderId } = await stand.place();
    await gate.reached;
    await stand.call("POST", `/api/orders/${orderId}/cancel`);
    gate.open();
    await stand.until(orderId, "CANCELLED");
    await effectOf(orderId, "authorize");
    expect(controls.records(orderId).payment?.status).to.equal("voided");
    expect(controls.records(orderId).authorizations).to.have.length(0);
  });

  for (const operation of ["authorize", "capture", "ship"] as const) {
    it(`(${operation}) leads to one charge and one parcel`, async () => {
      const { stand } = here;
      const { controls } = stand.providers;
      const system = operation === "ship" ? "shipping" : "payment";
      controls.fault({ system, operation, kind: "late", ms: 3_000 });
      const { orderId } = await stand.place();
      await stand.until(orderId, "DELIVERED");
      await effectOf(orderId, operation);
      const book = controls.records(orderId);
      expect([book.authorizations.length, book.captures.length, book.shipments.length]).to.deep.equal([1, 1, 1]);
      expect(book.paidAmount).to.equal(6_980);
    });
  }

  it("is retried if its response is lost, with one charge and one parcel", async () => {
    const { stand } = here;
    const { controls } = stand.providers;
    for (const operation of ["authorize", "capture"] as const) {
      controls.fault({ system: "payment", operation, kind: "timeout-after" });
    }
    controls.fault({ system: "shipping", operation: "ship", kind: "reset-after" });
    const { orderId } = await stand.place();
    await stand.until(orderId, "DELIVERED");
    const book = controls.records(orderId);
    expect([book.authorizations.length, book.captures.length, book.shipments.length]).to.deep.equal([1, 1, 1]);
  });

  /** Waits until every call of this operation for the order has taken effect or was refused. */
  async function effectOf(orderId: string, operation: string): Promise<void> {
    for (let round = 0; round < 1_000; round++) {
      const calls = here.stand.providers.controls
        .calls()
        .filter((call) => call.orderId === orderId && call.operation === operation);
      if (calls.length > 0 && calls.every((call) => call.effectAt !== undefined)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`A late ${operation} of ${orderId} has not taken effect within 100 s.`);
  }
});
