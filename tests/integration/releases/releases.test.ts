import { expect } from "chai";
import { ORDER_SCHEMA } from "../../../domain/order";
import { executionOf } from "../../kit/drill/byHand";
import { eventually, rowsIn } from "../../kit/drill/shopper";
import type { Stage, Staged } from "../../kit/drill/stages";
import { east, limitMs, ScheduleStand, west } from "../failover/schedulesStand";
import { nextRelease } from "./nextRelease";

// A release is deployed to the secondary first, while orders wait there; the primary keeps the earlier release for a while.
describe("two Regions, the secondary with the next release", function () {
  this.timeout(300_000);
  // Each test depends on the state that the previous one left.
  this.bail(true);
  let stand: ScheduleStand;
  /** Orders placed in the secondary before its update. */
  let travelling: Staged;
  let unpaid: Staged;
  let declined: { orderId: string; release(): void };
  let program: string;

  before(async () => {
    program = nextRelease();
    stand = await ScheduleStand.start();
    [travelling, unpaid, declined] = await Promise.all([
      stand.staged("parcel on its way", west),
      stand.staged("authorize, not yet done", west),
      toBeDeclined(),
    ]);
    await waitForMails(travelling, 3);
    await waitForMails(unpaid, 1);
    await waitForMails(declined, 1);
    await stand.store.update(west, program);
  });

  /** Places an order that waits at its authorization, which will be declined. */
  async function toBeDeclined() {
    const order = stand.newOrder();
    const { orderId } = order;
    stand.controls.fault({ system: "payment", operation: "authorize", kind: "decline", orderId, times: "always" });
    const gate = stand.hold(order, "authorize", "before");
    await stand.placeUpTo(gate, order, west);
    return { orderId, release: gate.open };
  }

  /** Waits for mails before a Region is killed: the mail of a killed sender would take three minutes. */
  async function waitForMails({ orderId }: Pick<Staged, "orderId">, times: number): Promise<void> {
    const mails = () => stand.store.mail().filter(({ text }) => text.includes(orderId));
    await eventually(`${times} mails about ${orderId} are sent`, async () => mails().length >= times, limitMs);
  }

  /** Returns the distinct states that an execution entered. */
  async function way(region: string, { orderId }: Pick<Staged, "orderId">, epoch: number): Promise<string[]> {
    return [...new Set((await executionOf(stand.store, region, orderId, epoch)).states)];
  }

  async function itemOf(reader: string, { orderId }: Pick<Staged, "orderId">, owner: string) {
    const rows = await rowsIn(stand.store, reader, orderId);
    return rows.find(({ region }) => region === owner);
  }

  it("finish earlier orders by the definition that they began with", async () => {
    for (const order of [travelling, unpaid]) {
      order.release();
      expect(await stand.ends(order, "DELIVERED")).to.include({ region: west, epoch: 1 });
      expect(await way(west, order, 1)).to.deep.equal(["Authorize", "Ship"]);
      expect(await itemOf(east, order, west)).to.include({ schema: ORDER_SCHEMA });
    }
  });

  it("finish new orders by the new definition", async () => {
    await goesByTheNewDefinition(west);
  });

  async function goesByTheNewDefinition(region: string): Promise<void> {
    const order = stand.newOrder();
    await stand.place(order, region);
    expect(await stand.ends(order, "DELIVERED")).to.include({ region, epoch: 1 });
    expect(await way(region, order, 1)).to.deep.equal(["Authorize", "Screen", "FollowParcel"]);
    for (const reader of [east, west]) {
      expect(await itemOf(reader, order, region)).to.include({ schema: ORDER_SCHEMA + 1, giftNote: "Happy birthday" });
    }
  }

  it("restart an order whose execution failed because the new functions do not know a step of the old definition", async () => {
    declined.release();
    const failed = await eventually("its execution has ended", async () => {
      const execution = await executionOf(stand.store, west, declined.orderId, 1);
      if (execution.status === "RUNNING") throw new Error(`It is at ${execution.states.at(-1)}.`);
      return execution;
    });
    expect(failed, failed.cause).to.include({ status: "FAILED", error: "UnknownStep" });
    expect(failed.states.at(-1)).to.equal("Void");

    const { region, epoch } = await stand.ends(declined, "CANCELLED", true);
    expect(region).to.equal(west);
    expect(epoch).to.be.greaterThan(1);
    expect(stand.records(declined).payment?.status).to.equal("voided");
  });

  const stages: Stage[] = [
    "authorize, not yet done",
    "capture, done and unanswered",
    "void, not yet done",
    "parcel on its way",
  ];
  /** Number of status changes of each order at its stage. */
  const changes = [1, 2, 2, 3];

  /** Kills a Region with orders at their stages, lets its peer finish them, and returns the Region. */
  async function takenOver(from: string, by: string): Promise<Staged[]> {
    const orders = await Promise.all(stages.map((at) => stand.staged(at, from)));
    await stand.settled();
    for (const [index, order] of orders.entries()) await waitForMails(order, changes[index] ?? 0);
    for (const order of orders) order.letOthersPass();
    await stand.store.chaos.kill(from);
    await stand.store.update(from, program).then(
      () => expect.fail("A dead Region was updated."),
      (error: Error) => expect(error.message).to.equal(`${from} is dead: only a Region that is up can be updated.`),
    );
    await stand.takeOver(by, ...orders);
    for (const order of orders) order.release();
    for (const order of orders) {
      expect(await stand.seen(by, order, by, endOf(order))).to.include({ epoch: 2 });
    }
    await stand.store.chaos.return(from);
    for (const order of orders) {
      expect(await stand.ends(order, endOf(order))).to.include({ region: by, epoch: 2 });
      expect(await itemOf(by, order, from)).to.include({ status: "SUPERSEDED" });
    }
    return orders;
  }

  const endOf = ({ stage }: Staged) => (stage.startsWith("void") ? "CANCELLED" : "DELIVERED");

  it("take over from the next release, and keep its unknown attributes", async () => {
    const orders = await takenOver(west, east);

    for (const order of orders) {
      for (const owner of [east, west]) {
        const item = await itemOf(east, order, owner);
        expect(item, `${order.stage}, ${owner}`).to.include({ schema: ORDER_SCHEMA + 1, giftNote: "Happy birthday" });
        expect(item).to.have.nested.include({
          "lines[0].wrapping": "red",
          "payment.instalments": 2,
          "shipment.promisedDays": 3,
        });
      }
    }
    const [, captured, , screened] = orders as [Staged, Staged, Staged, Staged];
    expect((await rowsIn(stand.store, east, screened.orderId)).map(({ kind }) => kind)).to.include("screening");
    expect(await way(east, captured, 2)).to.deep.equal(["Authorize", "Ship"]);
  });

  it("take over from the earlier release", async () => {
    const [unpaid, ...orders] = (await takenOver(east, west)) as [Staged, ...Staged[]];

    for (const order of [unpaid, ...orders]) {
      expect(await itemOf(west, order, west)).to.include({ schema: ORDER_SCHEMA });
    }
    expect(await way(west, unpaid, 2)).to.deep.equal(["Authorize", "Screen", "FollowParcel"]);
  });

  it("work on after the primary's update", async () => {
    const order = await stand.staged("parcel on its way", east);
    await waitForMails(order, 3);
    await stand.store.update(east, program);
    order.release();
    expect(await stand.ends(order, "DELIVERED")).to.include({ region: east, epoch: 1 });
    expect(await way(east, order, 1)).to.include("Ship");
    await goesByTheNewDefinition(east);
  });
});
