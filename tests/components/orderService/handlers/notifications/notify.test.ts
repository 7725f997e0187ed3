import type { SESv2Client, SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import type { SQSRecord } from "aws-lambda";
import { expect } from "chai";
import sinon from "sinon";
import { notifiedOnce, notify } from "../../../../../components/orderService/handlers/notifications/notify";
import { MailChannel } from "../../../../../components/orderService/notifications/mail";
import {
  type NotificationChannel,
  type OrderItem,
  type RefundItem,
  toNotification,
  toRefundNotification,
} from "../../../../../domain/order";
import { itemOf, refundItemOf } from "../../../../kit/orderArbitraries";
import { answeringClient, MemoryStore } from "../../../../kit/orderFakes";

describe("notify", () => {
  const placedAndPaid = itemOf({
    status: "PAID",
    history: [
      { status: "PLACED", at: "2026-01-01T10:00:00.000Z", region: "us-east-1", epoch: 1 },
      { status: "PAID", at: "2026-01-01T10:00:03.000Z", region: "us-east-1", epoch: 1 },
    ],
  });

  async function mailed(status: OrderItem["status"], gatherSeconds: number) {
    const { client, sent } = answeringClient<SESv2Client>(() => ({}));
    const store = new MemoryStore([placedAndPaid]);
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const record = { body: JSON.stringify(toNotification({ ...placedAndPaid, status })) } as SQSRecord;
    const channels = [new MailChannel(client, "a@b.c", "Store", 100)];
    await notify(record, { store, channels, gatherSeconds, log });
    return sent.map(({ input }) => {
      const { Simple } = (input as unknown as SendEmailCommandInput).Content!;
      return { subject: Simple?.Subject?.Data, ids: Simple?.Headers?.[0]?.Value };
    });
  }
  const { orderId } = placedAndPaid;

  it("sends each change in its own notification by default", async () => {
    expect(await mailed("PLACED", 0)).to.deep.equal([
      { subject: `We received your order ${orderId}`, ids: `${orderId}-PLACED` },
    ]);
  });

  it("sends a change together with the one that soon followed, in the later one's mail", async () => {
    expect(await mailed("PLACED", 20)).to.deep.equal([]);
    expect(await mailed("PAID", 20)).to.deep.equal([
      { subject: `Payment confirmed for your order ${orderId}`, ids: `${orderId}-PLACED, ${orderId}-PAID` },
    ]);
  });
});

describe("notifiedOnce", () => {
  const history = (["PLACED", "PAID"] as const).map((status, second) => ({
    ...{ status, at: `2026-01-01T10:00:0${second}.000Z`, region: "us-east-1", epoch: 1 },
  }));
  const order = itemOf({ status: "PAID", history });

  it("reads an order once for the messages of a batch, whose copies are sent once", async () => {
    const store = new MemoryStore([order]);
    const { client, sent } = answeringClient<SESv2Client>(() => ({}));
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const channels = [new MailChannel(client, "a@b.c", "Store")];
    const read = notifiedOnce(store);
    const batch = (["PLACED", "PAID", "PAID"] as const).map((status) =>
      notify({ body: JSON.stringify(toNotification({ ...order, status })) } as SQSRecord, {
        ...{ store, read, channels, gatherSeconds: 20, log },
      }),
    );
    const outcomes = await Promise.allSettled(batch);
    expect(store.reads).to.equal(1);
    expect(sent).to.have.length(1);
    // The second copy waits for the first one, and is delivered again.
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled", "rejected"]);
  });
});

describe("notify for copies of one message", () => {
  const order = itemOf({ status: "PAID" });

  function notifier() {
    const store = new MemoryStore([order]);
    let failures = 0;
    const { client, sent } = answeringClient<SESv2Client>(() => {
      if (failures-- > 0) throw new Error("SES is away");
    });
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const record = { body: JSON.stringify(toNotification(order)) } as SQSRecord;
    const channels = [new MailChannel(client, "a@b.c", "Store", 100)];
    const handle = () => notify(record, { store, channels, gatherSeconds: 0, log });
    return { store, handle, sent, failNext: () => (failures = 1) };
  }

  it("sends once, whether copies come in sequence or in parallel", async () => {
    const { handle, sent } = notifier();
    const outcomes = await Promise.allSettled([handle(), handle(), handle()]);
    // Copies that found the first one at work are retried, in case it died.
    expect(outcomes.filter(({ status }) => status === "rejected")).to.have.length(2);
    await handle();
    await handle();
    expect(sent).to.have.length(1);
  });

  it("sends nothing that the peer Region has sent", async () => {
    const { store, handle, sent } = notifier();
    store.sent.set("us-west-2", new Set(["PAID"]));
    await handle();
    expect(sent).to.deep.equal([]);
  });

  it("sends again after the claim of a failed notifier has ended", async () => {
    const { store, handle, sent, failNext } = notifier();
    failNext();
    const failed = await handle().catch((error: Error) => error.message);
    expect(failed).to.equal("SES is away");
    store.claims.set("PAID", new Date(Date.now() - 1).toISOString());
    await handle();
    await handle();
    expect(sent).to.have.length(2);
  });

  it("omits from a gathered mail the changes that were sent before", async () => {
    const gathered = itemOf({
      status: "PAID",
      history: [
        { status: "PLACED", at: "2026-01-01T10:00:00.000Z", region: "us-east-1", epoch: 1 },
        { status: "PLACED", at: "2026-01-01T11:00:00.000Z", region: "us-east-1", epoch: 2 },
        { status: "PAID", at: "2026-01-01T11:00:03.000Z", region: "us-east-1", epoch: 2 },
      ],
    });
    const store = new MemoryStore([gathered]);
    store.sent.set("us-east-1", new Set(["PLACED"]));
    const { client, sent } = answeringClient<SESv2Client>(() => ({}));
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const record = { body: JSON.stringify(toNotification(gathered)) } as SQSRecord;
    await notify(record, { store, channels: [new MailChannel(client, "a@b.c", "Store", 100)], gatherSeconds: 20, log });
    expect(sent).to.have.length(1);
    const { Simple } = (sent[0]!.input as unknown as SendEmailCommandInput).Content!;
    expect(Simple?.Headers?.[0]?.Value).to.equal(`${gathered.orderId}-PAID`);
  });
});

describe("notify of a change that the peer Region has sent", () => {
  const at = (second: number) => `2026-01-01T10:00:0${second}.000Z`;
  const cancelled = itemOf({
    status: "CANCELLED",
    history: (["PLACED", "PAID", "CANCELLED"] as const).map((status, index) => ({
      ...{ status, at: at(index), region: "us-east-1", epoch: 1 },
    })),
  });

  async function handle(...sentByPeer: ("PLACED" | "PAID" | "CANCELLED")[]) {
    const store = new MemoryStore([cancelled]);
    store.sent.set("us-west-2", new Set(sentByPeer));
    const { client, sent } = answeringClient<SESv2Client>(() => ({}));
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const record = { body: JSON.stringify(toNotification(cancelled)) } as SQSRecord;
    const channels = [new MailChannel(client, "a@b.c", "Store")];
    await notify(record, { store, channels, gatherSeconds: 20, log });
    return sent.map(({ input }) => (input as unknown as SendEmailCommandInput).Content?.Simple?.Headers?.[0]?.Value);
  }

  it("mails the earlier changes that only this Region wrote", async () => {
    const ids = ["PAID", "CANCELLED"].map((status) => `${cancelled.orderId}-${status}`);
    expect(await handle("PLACED", "CANCELLED")).to.deep.equal([ids.join(", ")]);
  });

  it("mails nothing if the peer has sent them all", async () => {
    expect(await handle("PLACED", "PAID", "CANCELLED")).to.deep.equal([]);
  });
});

describe("notify of a refund", () => {
  const order = itemOf({ status: "SHIPPED" });
  const refund = refundItemOf({ status: "REFUNDED", lines: [{ productId: "kettle", quantity: 1 }] });

  function notifier(refunds: RefundItem[]) {
    const store = new MemoryStore([order]);
    store.refunds = refunds;
    const { client, sent } = answeringClient<SESv2Client>(() => ({}));
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const record = { body: JSON.stringify(toRefundNotification(refund)) } as SQSRecord;
    const channels = [new MailChannel(client, "a@b.c", "Store", 100)];
    return { store, sent, log, handle: () => notify(record, { store, channels, gatherSeconds: 20, log }) };
  }

  it("mails amount, lines and reason once, however often the message comes, also by the peer Region", async () => {
    const { handle, sent, store } = notifier([refund]);
    await handle();
    await handle();
    expect(sent).to.have.length(1);
    const { Simple } = (sent[0]!.input as unknown as SendEmailCommandInput).Content!;
    expect(Simple?.Subject?.Data).to.contain("Refund of").and.contain("5.00");
    expect(Simple?.Body?.Text?.Data).to.contain("1 × Kettle").and.contain("Reason: A scratch.");
    expect(Simple?.Headers?.[0]?.Value).to.equal(`${order.orderId}-refund-${refund.refundId}`);
    expect([...store.sent.get("us-east-1")!]).to.deep.equal([`refund-${refund.refundId}`]);

    const other = notifier([refund]);
    other.store.sent.set("us-west-2", new Set([`refund-${refund.refundId}` as const]));
    await other.handle();
    expect(other.sent).to.deep.equal([]);
  });

  it("sends nothing of a refund that is not made", async () => {
    const { handle, sent, log } = notifier([refundItemOf()]);
    await handle();
    expect(sent).to.deep.equal([]);
    sinon.assert.calledOnceWithMatch(log.warn, "Notification dropped: no such order or refund");
  });
});

describe("notify above the customer's daily limit of mails", () => {
  it("sends no more mails that day, records the changes as sent, and uses the other channels", async () => {
    const { client, sent } = answeringClient<SESv2Client>(() => ({}));
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const other = { name: "other", retried: false, reaches: () => true, send: sinon.spy(async () => {}) };
    const channels = [new MailChannel(client, "a@b.c", "Store", 2), other];
    const stores = ["PLACED", "PAID", "SHIPPING"].map((status) => itemOf({ status: status as OrderItem["status"] }));
    const store = new MemoryStore([]);
    for (const order of stores) {
      store.replace(order);
      const record = { body: JSON.stringify(toNotification(order)) } as SQSRecord;
      await notify(record, { store, channels, gatherSeconds: 0, log });
    }
    expect(sent).to.have.length(2);
    sinon.assert.calledThrice(other.send);
    expect([...(store.sent.get("us-east-1") ?? [])]).to.deep.equal(["PLACED", "PAID", "SHIPPING"]);
    sinon.assert.calledWithMatch(log.info, "Notification not sent: the customer's daily limit is reached", {
      channel: "mail",
    });
  });
});

describe("notify with several channels", () => {
  const order = itemOf({ status: "PAID" });
  const channel = (name: string, retried: boolean, send: () => Promise<void> = async () => {}) => {
    const sends = sinon.spy(send);
    return { name, retried, reaches: () => true, send: sends } satisfies NotificationChannel;
  };
  async function notified(channels: NotificationChannel[]) {
    const store = new MemoryStore([order]);
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const record = { body: JSON.stringify(toNotification(order)) } as SQSRecord;
    const outcome = await notify(record, { store, channels, gatherSeconds: 0, log }).then(
      () => "sent",
      (error: Error) => error.message,
    );
    return { outcome, log, recorded: store.sent.get("us-east-1")?.has("PAID") ?? false };
  }
  const failing = async () => {
    throw new Error("away");
  };

  it("uses each channel once", async () => {
    const channels = [channel("first", true), channel("second", false), channel("third", false)];
    expect(await notified(channels)).to.include({ outcome: "sent", recorded: true });
    for (const { send } of channels) sinon.assert.calledOnce(send);
  });

  it("fails with a channel that is retried, before any later channel is used", async () => {
    const later = channel("later", false);
    expect(await notified([channel("first", true, failing), later])).to.include({ outcome: "away", recorded: false });
    sinon.assert.notCalled(later.send);
  });

  it("logs the failure of a channel that is not retried, and uses the later ones", async () => {
    const later = channel("later", false);
    const { outcome, recorded, log } = await notified([channel("first", false, failing), later]);
    expect({ outcome, recorded }).to.deep.equal({ outcome: "sent", recorded: true });
    sinon.assert.calledOnce(later.send);
    sinon.assert.calledOnceWithMatch(log.error, "Notification failed on one channel", { channel: "first" });
  });
});
