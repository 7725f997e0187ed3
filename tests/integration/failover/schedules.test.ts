import { expect } from "chai";
import { isDecided, type OrderStatus } from "../../../domain/order";
import { requestSweep, requestTakeover, stopExecution } from "../../kit/drill/byHand";
import { eventually, itemsIn } from "../../kit/drill/shopper";
import { reached, type Stage } from "../../kit/drill/stages";
import { east, limitMs, ScheduleStand, type Step, sinceDecided, west } from "./schedulesStand";

// Schedules that broke earlier sketches of the protocol; tests/domain/order/schedules.test.ts has them for the domain's functions.
describe("schedules of two Regions that broke earlier sketches, on a running store", function () {
  this.timeout(600_000);
  let stand: ScheduleStand;
  before(async () => {
    stand = await ScheduleStand.start();
  });
  afterEach(() => stand?.calm());

  describe("cancel in one Region while its peer captures", () => {
    it("ships the order if the cancellation arrives after the capture", async () => {
      const order = stand.newOrder();
      const capture = stand.hold(order, "capture", "before");
      await stand.placeUpTo(capture, order, east);
      await stand.seen(west, order, east, "PAID");
      stand.replication.cut();
      await stand.cancel(order, west);
      capture.open();
      await stand.seen(east, order, east, "SHIPPING", "SHIPPED", "DELIVERED");
      stand.replication.heal();

      const effective = await stand.ends(order, "DELIVERED");
      expect(effective.region).to.equal(east);
      expect(stand.records(order).voids).to.have.length(0);
    });

    it("ships the order if the cancelling Region takes over and its void is refused after the capture", async () => {
      const order = stand.newOrder();
      const capture = stand.hold(order, "capture", "after");
      await stand.placeUpTo(capture, order, east);
      await stand.seen(west, order, east, "PAID");
      await stand.cancel(order, west);
      capture.letOthersPass();
      await stand.takeOver(west, order);
      await stand.seen(west, order, west, "SHIPPING", "SHIPPED", "DELIVERED");
      capture.open();

      const effective = await stand.ends(order, "DELIVERED");
      expect(effective).to.include({ region: west, epoch: 2 });
      expect(stand.calls(order, "void").map(({ status }) => status)).to.include(409);
    });
  });

  describe("a call that takes effect after a void", () => {
    it("(authorize) is refused, and leaves no hold on the card", async () => {
      const order = stand.newOrder();
      const authorize = stand.hold(order, "authorize", "before");
      await stand.placeUpTo(authorize, order, east);
      await stand.seen(west, order, east, "PLACED");
      await stand.cancel(order, west);
      authorize.letOthersPass();
      await stand.takeOver(west, order);
      await stand.seen(west, order, west, "CANCELLED");
      expect(stand.records(order).voids).to.have.length(1);
      authorize.open();

      await stand.landed(order, "authorize");
      await stand.ends(order, "CANCELLED");
      expect(stand.records(order).payment?.status).to.equal("voided");
      expect(stand.records(order).authorizations).to.have.length(0);
    });

    it("(capture) is refused, and captures nothing", async () => {
      const order = stand.newOrder();
      const capture = stand.hold(order, "capture", "before");
      await stand.placeUpTo(capture, order, east);
      await stand.seen(west, order, east, "PAID");
      await stand.cancel(order, west);
      capture.letOthersPass();
      await stand.takeOver(west, order);
      await stand.seen(west, order, west, "CANCELLED");
      capture.open();

      await stand.landed(order, "capture");
      await stand.ends(order, "CANCELLED");
      expect(stand.records(order).payment?.status).to.equal("voided");
      expect(stand.records(order).captures).to.have.length(0);
    });
  });

  describe("a timed-out authorize followed by a decline", () => {
    it("in the same Region leaves no hold on the card, although the first call takes effect later", async () => {
      const order = stand.newOrder();
      const first = stand.hold(order, "authorize", "before");
      await stand.placeUpTo(first, order, east);
      first.letOthersPass();
      stand.controls.fault({ system: "payment", operation: "authorize", kind: "decline", orderId: order.orderId });
      await stand.seen(east, order, east, "CANCELLED");
      first.open();

      await stand.landed(order, "authorize");
      await stand.ends(order, "CANCELLED");
      expect(stand.records(order).payment?.status).to.equal("voided");
      expect(stand.records(order).authorizations).to.have.length(0);
    });

    it("in the peer Region, which has taken over, leaves no hold either", async () => {
      const order = stand.newOrder();
      const first = stand.hold(order, "authorize", "before");
      await stand.placeUpTo(first, order, east);
      await stand.seen(west, order, east, "PLACED");
      await stand.settled();
      first.letOthersPass();
      stand.controls.fault({ system: "payment", operation: "authorize", kind: "decline", orderId: order.orderId });
      await stand.takeOver(west, order);
      await stand.seen(west, order, west, "CANCELLED");
      first.open();

      await stand.landed(order, "authorize");
      await stand.ends(order, "CANCELLED");
      expect(stand.records(order).payment?.entries.map(({ what }) => what)).to.deep.equal(["declined", "voided"]);
    });
  });

  it("a takeover while the carrier refuses the order in the first Region: both cancel, with one refund", async () => {
    const order = stand.newOrder();
    const ship = stand.hold(order, "ship", "after");
    stand.controls.fault({ system: "shipping", operation: "ship", kind: "impossible", orderId: order.orderId });
    await stand.placeUpTo(ship, order, east);
    await stand.seen(west, order, east, "PAID");
    stand.replication.cut();
    ship.letOthersPass();
    await stand.takeOver(west, order);
    await stand.seen(west, order, west, "CANCELLED");
    ship.open();
    await stand.seen(east, order, east, "CANCELLED");
    stand.replication.heal();

    await stand.ends(order, "CANCELLED");
    const { captures, refunds, shipments, paidAmount } = stand.records(order);
    expect([captures.length, refunds.length, shipments.length, paidAmount]).to.deep.equal([1, 1, 0, 0]);
  });

  describe("the same order submitted in both Regions", () => {
    it("before replication, and delivered in both: is charged and shipped once", async () => {
      const order = stand.newOrder();
      stand.replication.cut();
      await Promise.all([stand.place(order, east), stand.place(order, west)]);
      for (const region of [east, west]) await stand.seen(region, order, region, "DELIVERED");
      stand.replication.heal();

      expect((await stand.ends(order, "DELIVERED")).epoch).to.equal(1);
    });

    it("before replication, and replicated before payment: one continues, the other is superseded and deletes its card", async () => {
      const order = stand.newOrder();
      const authorize = stand.hold(order, "authorize", "before");
      stand.replication.cut();
      await Promise.all([stand.place(order, east), stand.place(order, west)]);
      for (const region of [east, west]) expect(await stand.cards(order, region)).to.deep.equal([region]);
      stand.replication.heal();
      const loser = await eventually(
        "one is superseded",
        async () => (await itemsIn(stand.store, east, order.orderId)).find(({ status }) => status === "SUPERSEDED"),
        limitMs,
      );
      await eventually(
        "its card is gone",
        async () => !(await stand.cards(order, loser.region)).includes(loser.region),
        limitMs,
      );
      authorize.open();

      expect((await stand.ends(order, "DELIVERED")).region).to.not.equal(loser.region);
    });

    it("long after replication: the delivered item stays effective, and no provider is called again", async () => {
      const order = stand.newOrder();
      await stand.place(order, east);
      await stand.ends(order, "DELIVERED");
      const asked = stand.calls(order).length;
      const customer = stand.watch(order);
      await stand.place(order, west);
      await stand.seen(west, order, west, "SUPERSEDED");

      expect((await stand.ends(order, "DELIVERED")).region).to.equal(east);
      expect(stand.calls(order)).to.have.length(asked);
      expect(await customer.stop()).to.deep.equal({ [east]: ["DELIVERED"], [west]: ["DELIVERED"] });
    });
  });

  it("an order that was seen in a decided status is never seen undecided again", async () => {
    const order = stand.newOrder();
    const ship = stand.hold(order, "ship", "after");
    stand.controls.holdShipments(order.orderId);
    await stand.placeUpTo(ship, order, east);
    await stand.seen(west, order, east, "PAID");
    stand.replication.cut();
    // West takes over its replica's status, under the higher epoch, and stops before the capture.
    const capture = stand.hold(order, "capture", "before");
    await stand.takeOver(west, order);
    await reached(capture, "West requests the capture");
    ship.open();
    await stand.seen(east, order, east, "SHIPPING");
    const customer = stand.watch(order);
    await eventually(
      "East shows it",
      async () => (await stand.shopper.statusOf(order.orderId, east)) === "SHIPPING",
      limitMs,
    );
    stand.replication.heal();
    await stand.seen(east, order, west, "PAID", "SUPERSEDED");
    await stand.seen(west, order, east, "SHIPPING");
    capture.open();
    stand.controls.releaseShipments(order.orderId);

    await stand.ends(order, "DELIVERED");
    const seen = await customer.stop();
    for (const region of [east, west]) {
      const decided = sinceDecided(seen[region] ?? []);
      expect(decided, `seen in ${region}`).to.include("DELIVERED");
      expect(
        decided.filter((status) => !isDecided(status as OrderStatus)),
        `seen in ${region}`,
      ).to.deep.equal([]);
    }
  });

  describe("freeze, takeover, thaw", () => {
    const steps: readonly Step[] = ["authorize", "capture", "ship", "void", "refund"];
    const end = (at: Stage) => (/^(void|refund)/.test(at) ? "CANCELLED" : "DELIVERED");
    const stageAll = async (moment: "not yet done" | "done and unanswered") => {
      const orders = await Promise.all(steps.map((step) => stand.staged(`${step}, ${moment}`)));
      await stand.settled();
      return orders;
    };
    const expectEnds = async (orders: Awaited<ReturnType<typeof stageAll>>) => {
      for (const order of orders) await stand.ends(order, end(order.stage));
      for (const order of orders.filter(({ stage }) => end(stage) === "DELIVERED")) {
        const { captures, shipments } = stand.records(order);
        expect([captures.length, shipments.length], order.stage).to.deep.equal([1, 1]);
      }
    };

    it("before each provider call: the call takes effect after the peer Region has finished the order", async () => {
      const orders = await stageAll("not yet done");
      await stand.store.chaos.freeze(east);
      for (const order of orders) order.letOthersPass();
      await stand.takeOver(west, ...orders);
      for (const order of orders) await stand.seen(west, order, west, end(order.stage));
      for (const order of orders) order.release();
      await stand.store.chaos.thaw(east);
      await expectEnds(orders);
    });

    it("before each write, thawed before replication: the written item is superseded or agrees", async () => {
      const orders = await stageAll("done and unanswered");
      await stand.store.chaos.freeze(east);
      for (const order of orders) order.release();
      await stand.takeOver(west, ...orders);
      await stand.store.chaos.thaw(east);
      await expectEnds(orders);
    });

    it("before each write, thawed after replication: nothing is written", async () => {
      const orders = await stageAll("done and unanswered");
      // Here only the callers are stopped, not the whole Region, so that replication arrives before the response.
      for (const order of orders) order.letOthersPass();
      await stand.takeOver(west, ...orders);
      for (const order of orders) await stand.seen(east, order, east, "SUPERSEDED");
      for (const order of orders) order.release();
      await expectEnds(orders);
      for (const { orderId } of orders) {
        const own = (await itemsIn(stand.store, east, orderId)).find(({ region }) => region === east);
        expect(own?.status).to.equal("SUPERSEDED");
      }
    });
  });

  it("both Regions take over at once, three times: one item stays effective, and the order is charged once", async () => {
    const [swapped, contested] = [stand.newOrder(), stand.newOrder()];
    const gates = [swapped, contested].map((order) => stand.hold(order, "authorize", "before"));
    await stand.place(contested, east);
    await stand.place(swapped, west);
    const effectiveIn = (orderId: string) =>
      eventually(
        `one item of ${orderId} is effective`,
        async () => {
          const copies = await Promise.all([east, west].map((region) => itemsIn(stand.store, region, orderId)));
          const [here, there] = copies.map((items) => items.filter(({ status }) => status !== "SUPERSEDED"));
          return here?.length === 1 && JSON.stringify(here) === JSON.stringify(there) && here[0];
        },
        limitMs,
      );
    for (let round = 1; round <= 3; round++) {
      await stand.settled();
      const [holder, before] = [await effectiveIn(contested.orderId), await effectiveIn(swapped.orderId)];
      stand.replication.cut();
      // The holder's sweeper restarts one order while the peer Region takes it over: both under the same epoch.
      await stopExecution(stand.store, holder.region, contested.orderId, holder.epoch);
      await Promise.all([
        requestTakeover(stand.store, west, east),
        requestTakeover(stand.store, east, west),
        requestSweep(stand.store, holder.region),
      ]);
      const other = holder.region === east ? west : east;
      const restarted = await stand.seen(holder.region, contested, holder.region, "PLACED");
      expect(restarted.epoch).to.be.greaterThan(holder.epoch);
      expect((await stand.seen(other, contested, other, "PLACED")).epoch).to.equal(restarted.epoch);
      const taker = before.region === east ? west : east;
      expect((await stand.seen(taker, swapped, taker, "PLACED")).epoch).to.be.greaterThan(before.epoch);
      stand.replication.heal();
      await stand.settled();
    }
    for (const gate of gates) gate.open();

    expect((await stand.ends(contested, "DELIVERED", true)).epoch).to.be.greaterThan(3);
    expect((await stand.ends(swapped, "DELIVERED", true)).epoch).to.be.greaterThan(3);
  });

  it("the peer Region's item arrives before the own one is placed: the own one is superseded", async () => {
    const order = stand.newOrder();
    const authorize = stand.hold(order, "authorize", "before");
    await stand.placeUpTo(authorize, order, east);
    await stand.seen(west, order, east, "PLACED");
    await stand.settled();
    await stand.place(order, west);
    await stand.seen(west, order, west, "SUPERSEDED");
    expect(await stand.cards(order, west)).to.not.include(west);
    authorize.open();

    expect((await stand.ends(order, "DELIVERED")).region).to.equal(east);
  });

  describe("takeover from a stale copy", () => {
    it("with a card that is already used: the card is deleted in the end", async () => {
      const order = stand.newOrder();
      const [first, charge] = [stand.hold(order, "authorize", "before"), stand.hold(order, "capture", "before")];
      await stand.placeUpTo(first, order, east);
      await stand.seen(west, order, east, "PLACED");
      await stand.settled();
      stand.replication.cut();
      first.open();
      await stand.seen(east, order, east, "PAID");
      expect(await stand.cards(order, east)).to.deep.equal([]);
      const second = stand.hold(order, "authorize", "before");
      await stand.takeOver(west, order);
      expect(await stand.cards(order, west)).to.deep.equal([east, west]);
      await reached(second, "West asks with the card that it has");
      stand.replication.heal();
      await stand.seen(east, order, east, "SUPERSEDED");
      second.open();
      charge.open();

      expect(await stand.ends(order, "DELIVERED")).to.include({ region: west, epoch: 2 });
      expect(stand.records(order).authorizations).to.have.length(1);
    });

    it("of an order that was decided meanwhile: the takeover is superseded, and its card deleted", async () => {
      const order = stand.newOrder();
      const first = stand.hold(order, "authorize", "before");
      await stand.placeUpTo(first, order, east);
      await stand.seen(west, order, east, "PLACED");
      await stand.settled();
      stand.replication.cut();
      first.open();
      await stand.seen(east, order, east, "SHIPPING", "SHIPPED", "DELIVERED");
      const second = stand.hold(order, "authorize", "before");
      await stand.takeOver(west, order);
      expect(await stand.cards(order, west)).to.deep.equal([east, west]);
      await reached(second, "West asks with the card that it has");
      stand.replication.heal();
      await stand.seen(west, order, west, "SUPERSEDED");
      await eventually("both cards are gone", async () => (await stand.cards(order, west)).length === 0, limitMs);
      second.open();

      expect(await stand.ends(order, "DELIVERED")).to.include({ region: east, epoch: 1 });
    });
  });
});
