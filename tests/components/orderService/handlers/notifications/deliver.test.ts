import type { SQSRecord } from "aws-lambda";
import { expect } from "chai";
import sinon from "sinon";
import { Circuit } from "../../../../../components/orderService/handlers/notifications/circuit";
import { type DeliverDeps, deliver } from "../../../../../components/orderService/handlers/notifications/deliver";
import { type NotificationChannel, toNotification } from "../../../../../domain/order";
import { oneItem } from "../../../../kit/oneItem";
import { itemOf } from "../../../../kit/orderArbitraries";

const order = itemOf({ status: "PAID" });

function stand() {
  const { table, client } = oneItem();
  const receiver = { isDead: false, received: 0 };
  const channel: NotificationChannel = {
    name: "webhook-erp",
    retried: true,
    reaches: () => true,
    send: async () => {
      if (receiver.isDead) throw new Error("no answer");
      receiver.received += 1;
    },
  };
  const postponed: number[] = [];
  const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
  const deps: DeliverDeps = {
    store: { partition: async () => ({ orders: [order], cancelWished: false }) },
    channel,
    circuit: new Circuit(client, "orders", channel.name, "us-east-1"),
    postpone: async (_record, seconds) => void postponed.push(seconds),
    log,
  };
  const handle = async (receives = 1) => {
    const body = JSON.stringify(toNotification(order));
    const record = { body, attributes: { ApproximateReceiveCount: String(receives) } } as unknown as SQSRecord;
    return await deliver(record, deps).then(
      () => "delivered",
      (error: Error) => error.message,
    );
  };
  return { handle, receiver, channel, table, postponed, log, deps };
}

describe("deliver", () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ["Date"] });
  });
  afterEach(() => sinon.restore());

  it("sends, and writes nothing while deliveries succeed", async () => {
    const { handle, receiver, table } = stand();
    expect(await handle()).to.equal("delivered");
    expect(receiver.received).to.equal(1);
    expect(table).to.deep.equal({ writes: 0 });
  });

  it("postpones a failed message, longer each time, with jitter and an hour at most", async () => {
    const { handle, receiver, postponed, table } = stand();
    receiver.isDead = true;
    for (const receives of [1, 2, 3, 30]) {
      expect(await handle(receives)).to.equal("no answer");
      // Another message has succeeded in between.
      delete table.item;
    }
    const [first, second, third, last] = postponed as [number, number, number, number];
    expect(first).to.be.within(7, 13);
    expect(second).to.be.within(15, 25);
    expect(third).to.be.within(30, 50);
    expect(last).to.be.within(2_700, 4_500);
  });

  it("pauses the channel after five failures, without another attempt until the pause is over", async () => {
    const { handle, receiver, channel, postponed, log } = stand();
    receiver.isDead = true;
    const send = sinon.spy(channel, "send");
    for (let message = 0; message < 5; message++) await handle();
    sinon.assert.calledOnceWithMatch(log.warn, "Notification channel paused", { channel: "webhook-erp" });
    for (let message = 0; message < 100; message++) {
      expect(await handle()).to.match(/^The channel webhook-erp is paused for \d+ s\.$/);
    }
    sinon.assert.callCount(send, 5);
    for (const seconds of postponed.slice(5)) expect(seconds).to.be.within(45, 75 + 60);
    clock.tick(76_000);
    receiver.isDead = false;
    expect(await handle()).to.equal("delivered");
    expect(await handle()).to.equal("delivered");
  });

  it("probes with one delivery after a pause, and pauses longer when it fails, for an hour at most", async () => {
    const { handle, receiver, channel, log } = stand();
    receiver.isDead = true;
    const send = sinon.spy(channel, "send");
    for (let message = 0; message < 5; message++) await handle();
    const pauses = () => log.warn.getCalls().map(({ args }) => (args[1] as { seconds: number }).seconds);
    for (let round = 0; round < 10; round++) {
      clock.tick(pauses().at(-1)! * 1_000 + 1);
      await Promise.all([handle(), handle(), handle()]);
    }
    sinon.assert.callCount(send, 5 + 10);
    for (const [index, seconds] of pauses().entries()) {
      const middle = Math.min(60 * 2 ** index, 3_600);
      expect(seconds, `pause ${index}`).to.be.within(middle * 0.75, middle * 1.25 + 1);
    }
  });

  it("loses nothing when a message cannot be postponed: the queue's visibility time-out applies", async () => {
    const { handle, receiver, deps, log } = stand();
    receiver.isDead = true;
    deps.postpone = async () => {
      throw new Error("SQS is away");
    };
    expect(await handle()).to.equal("no answer");
    sinon.assert.calledOnceWithMatch(log.warn, "Message could not be postponed");
  });

  it("omits orders that the channel does not reach, and those that do not exist", async () => {
    const { handle, receiver, channel, deps } = stand();
    channel.reaches = () => false;
    expect(await handle()).to.equal("delivered");
    channel.reaches = () => true;
    deps.store = { partition: async () => ({ orders: [], cancelWished: false }) };
    expect(await handle()).to.equal("delivered");
    expect(receiver.received).to.equal(0);
  });
});
