import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { SESv2Client, SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import { ExecutionAlreadyExists, ExecutionDoesNotExist } from "@aws-sdk/client-sfn";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord, SQSRecord } from "aws-lambda";
import { expect } from "chai";
import sinon from "sinon";
import { sendOnce } from "../../../../components/orderService/handlers/clients";
import { dispatch } from "../../../../components/orderService/handlers/dispatch";
import { requestShipmentCheck } from "../../../../components/orderService/handlers/lookNow";
import { notify } from "../../../../components/orderService/handlers/notify";
import { sweepOrders } from "../../../../components/orderService/handlers/sweepOrders";
import { TaskReply } from "../../../../components/orderService/handlers/taskReply";
import { resumeExecution } from "../../../../components/orderService/handlers/wake";
import { MailChannel } from "../../../../components/orderService/notifications/mail";
import { SmsChannel, type SmsRules } from "../../../../components/orderService/notifications/sms";
import { type OrderItem, openIn, toNotification } from "../../../../domain/order";
import { itemOf } from "../../../kit/orderArbitraries";
import { answeringClient, MemoryStore, workflowsAnswering } from "../../../kit/orderFakes";

const record = (image: unknown, before?: unknown) =>
  ({
    eventName: before ? "MODIFY" : "INSERT",
    dynamodb: {
      NewImage: marshall(image as Record<string, unknown>, { removeUndefinedValues: true }),
      ...(before ? { OldImage: marshall(before as Record<string, unknown>, { removeUndefinedValues: true }) } : {}),
    },
  }) as DynamoDBRecord;

async function dispatched(change: DynamoDBRecord, store = new MemoryStore([]), started: () => unknown = () => ({})) {
  const workflows = workflowsAnswering((name) => (name === "StartExecutionCommand" ? started() : {}));
  const notices = answeringClient<SNSClient>(() => ({}));
  const paidAfter: number[] = [];
  const unknown: unknown[] = [];
  await dispatch(change, {
    peerRegions: ["us-west-2"],
    onUnknownRegion: (item) => unknown.push(item),
    onPaid: (seconds) => paidAfter.push(seconds),
    store,
    workflows: workflows.client,
    stateMachineArn: "arn:machine",
    notices: notices.client,
    topicArn: "arn:topic",
    reply: new TaskReply(workflows.client),
  });
  return { workflows: workflows.sent, notices: notices.sent, paidAfter, unknown };
}

describe("The dispatcher", () => {
  it("starts the execution of a new epoch under its name, and tells of the status (rules 3 and 13)", async () => {
    const item = itemOf();
    const { workflows, notices } = await dispatched(record(item));
    expect(workflows).to.have.length(1);
    expect(workflows[0]?.input).to.include({ stateMachineArn: "arn:machine", name: `${item.orderId}-1` });
    expect(JSON.parse(String(workflows[0]?.input["input"]))).to.deep.equal({
      orderId: item.orderId,
      epoch: 1,
      startedAt: item.updatedAt,
      polls: 0,
    });
    expect(notices[0]?.input["MessageAttributes"]).to.deep.equal({
      status: { DataType: "String", StringValue: "PLACED" },
      customerId: { DataType: "String", StringValue: "customer-ann" },
      orderId: { DataType: "String", StringValue: item.orderId },
    });
  });

  it("takes an execution that is there already for a success", async () => {
    const exists = () => {
      throw new ExecutionAlreadyExists({ message: "there", $metadata: {} });
    };
    expect((await dispatched(record(itemOf()), undefined, exists)).notices).to.have.length(1);
  });

  it("tells of a new status without starting anything", async () => {
    const { workflows, notices } = await dispatched(record(itemOf({ status: "PAID", version: 4 }), itemOf()));
    expect([workflows.length, notices.length]).to.deep.equal([0, 1]);
  });

  it("publishes nothing when a restart keeps a status whose notification was sent, in whichever Region", async () => {
    const restarted = record(itemOf({ epoch: 2, version: 4 }), itemOf());
    const takenOver = record(itemOf({ epoch: 2 }));
    const takenBack = record(itemOf({ epoch: 3, version: 4 }), itemOf({ status: "SUPERSEDED" }));
    for (const change of [restarted, takenOver, takenBack]) {
      for (const region of ["us-east-1", "us-west-2"]) {
        const store = new MemoryStore([itemOf()]);
        store.sent.set(region, new Set(["PLACED"]));
        const { workflows, notices } = await dispatched(change, store);
        expect([workflows.length, notices.length]).to.deep.equal([1, 0]);
      }
    }
  });

  it("publishes again when a restart finds that the notification was never sent", async () => {
    const store = new MemoryStore([itemOf({ status: "PAID" })]);
    store.sent.set("us-east-1", new Set(["PLACED"]));
    const { notices } = await dispatched(
      record(itemOf({ status: "PAID", epoch: 2, version: 4 }), itemOf({ status: "PAID" })),
      store,
    );
    expect(notices).to.have.length(1);
  });

  it("reports an item of a Region that is neither its own nor a peer", async () => {
    const { orderId } = itemOf();
    const strange = await dispatched(record(itemOf({ region: "eu-west-1" })));
    expect(strange.unknown).to.deep.equal([{ orderId, region: "eu-west-1", status: "PLACED" }]);
    expect((await dispatched(record(itemOf({ region: "us-west-2" })))).unknown).to.deep.equal([]);
  });

  it("measures once how long an order of this Region waited for its payment", async () => {
    const placed = itemOf({ createdAt: "2026-01-01T10:00:00.000Z" });
    const paid = { ...placed, status: "PAID", version: 4, updatedAt: "2026-01-01T10:00:07.500Z" };
    expect((await dispatched(record(paid, placed))).paidAfter).to.deep.equal([7.5]);
    expect((await dispatched(record({ ...paid, status: "SHIPPING" }, paid))).paidAfter).to.deep.equal([]);
    expect((await dispatched(record({ ...paid, epoch: 2 }))).paidAfter, "a takeover's copy").to.deep.equal([]);
  });

  it("has nothing to do with a write that changed neither epoch nor status", async () => {
    const { workflows, notices } = await dispatched(record(itemOf({ version: 4, sweepAt: "2026-02-01" }), itemOf()));
    expect([workflows.length, notices.length]).to.deep.equal([0, 0]);
  });

  it("tells nobody that an item was superseded", async () => {
    const { workflows, notices } = await dispatched(record(itemOf({ status: "SUPERSEDED", version: 4 }), itemOf()));
    expect([workflows.length, notices.length]).to.deep.equal([0, 0]);
  });

  it("steps back before the other Region's item and wakes who waits for it (rule 9)", async () => {
    const west = itemOf({ region: "us-west-2", epoch: 2 });
    const store = new MemoryStore([itemOf(), west]);
    await store.startWait("id", 1, "token", "now");
    const { workflows, notices } = await dispatched(record(west), store);
    expect(store.own?.status).to.equal("SUPERSEDED");
    expect(workflows.map(({ name, input }) => [name, input["error"]])).to.deep.equal([
      ["SendTaskFailureCommand", "Woken"],
    ]);
    expect(notices).to.deep.equal([]);
  });

  it("leaves the own item alone where it outranks the other Region's, or is not there yet", async () => {
    const west = itemOf({ region: "us-west-2" });
    for (const orders of [[itemOf({ epoch: 2 }), west], [west]]) {
      const store = new MemoryStore(orders);
      await dispatched(record(west), store);
      expect(store.orders).to.deep.equal(orders);
    }
  });

  it("reads again when the own item was written in between", async () => {
    const west = itemOf({ region: "us-west-2", epoch: 2 });
    const store = new MemoryStore([itemOf(), west]);
    store.meanwhile = () => {
      store.meanwhile = undefined;
      store.replace(itemOf({ status: "PAID", version: 4 }));
    };
    await dispatched(record(west), store);
    expect(store.own?.status).to.equal("SUPERSEDED");
  });

  it("wakes a waiting execution when the customer wants to cancel, in whichever Region (rule 11)", async () => {
    const store = new MemoryStore([itemOf()]);
    await store.startWait("id", 1, "token", "now");
    const wish = {
      kind: "cancel",
      orderId: "id",
      region: "cancel#us-west-2",
      customerId: "c",
      requestedAt: "now",
      schema: 1,
    };
    const { workflows } = await dispatched(record(wish), store);
    expect(workflows.map(({ input }) => input["taskToken"])).to.deep.equal(["token"]);
    expect(store.wait?.token).to.equal(undefined);
  });

  it("ignores items of kinds that a later release adds", async () => {
    const { workflows, notices } = await dispatched(record({ ...itemOf(), kind: "return" }));
    expect([workflows.length, notices.length]).to.deep.equal([0, 0]);
  });
});

describe("Waking", () => {
  it("happens once for each webhook", async () => {
    const store = new MemoryStore([itemOf()]);
    const { client, sent } = workflowsAnswering();
    await store.startWait("id", 1, "first", "now");
    expect(await resumeExecution(store, new TaskReply(client), "id", "hook")).to.equal(true);
    expect(await resumeExecution(store, new TaskReply(client), "id", "hook")).to.equal(false);
    store.wait = { ...store.wait!, token: "second" };
    expect(await resumeExecution(store, new TaskReply(client), "id", "hook")).to.equal(false);
    expect(await resumeExecution(store, new TaskReply(client), "id", "another")).to.equal(true);
    expect(sent).to.have.length(2);
  });
});

describe("News of a parcel", () => {
  const asked = async (store: MemoryStore, webhookId?: string) => {
    const { client, sent } = answeringClient<LambdaClient>(() => ({}));
    const told = await requestShipmentCheck(store, { client, name: "ship" }, "id", webhookId);
    return { told, sent: sent.map(({ input }) => ({ ...input, Payload: JSON.parse(String(input["Payload"])) })) };
  };

  it("have it looked at without waking the workflow, once for each webhook", async () => {
    const store = new MemoryStore([itemOf({ status: "SHIPPING" })]);
    await store.startWait("id", 3, "token", "now");
    const { told, sent } = await asked(store, "hook");
    expect(told).to.equal(true);
    expect(sent).to.deep.equal([
      { FunctionName: "ship", InvocationType: "Event", Payload: { orderId: "id", epoch: 3, openTask: "token" } },
    ]);
    expect(store.wait?.token, "the step waits on").to.equal("token");
    expect((await asked(store, "hook")).told).to.equal(false);
    expect((await asked(store, "another")).told).to.equal(true);
  });

  it("reach nobody where no execution waits", async () => {
    expect(await asked(new MemoryStore([itemOf()]), "hook")).to.deep.equal({ told: false, sent: [] });
  });

  it("are looked at again when the call of the function did not succeed", async () => {
    const store = new MemoryStore([itemOf({ status: "SHIPPING" })]);
    await store.startWait("id", 1, "token", "now");
    const { client } = answeringClient<LambdaClient>(() => {
      throw new Error("throttled");
    });
    const failed = await requestShipmentCheck(store, { client, name: "ship" }, "id", "hook").catch(
      (error: Error) => error.message,
    );
    expect(failed).to.equal("throttled");
    expect((await asked(store, "hook")).told).to.equal(true);
  });
});

describe("The notifier", () => {
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
    const channels = [new MailChannel(client, "a@b.c", "Store")];
    await notify(record, { store, channels, gatherSeconds, log });
    return sent.map(({ input }) => {
      const { Simple } = (input as unknown as SendEmailCommandInput).Content!;
      return { subject: Simple?.Subject?.Data, ids: Simple?.Headers?.[0]?.Value };
    });
  }
  const { orderId } = placedAndPaid;

  it("tells each change by itself unless it gathers", async () => {
    expect(await mailed("PLACED", 0)).to.deep.equal([
      { subject: `We have your order ${orderId}`, ids: `${orderId}-PLACED` },
    ]);
  });

  it("tells a change with the one that followed at once, in that one's mail", async () => {
    expect(await mailed("PLACED", 20)).to.deep.equal([]);
    expect(await mailed("PAID", 20)).to.deep.equal([
      { subject: `Payment confirmed for your order ${orderId}`, ids: `${orderId}-PLACED, ${orderId}-PAID` },
    ]);
  });
});

describe("Copies of a notification", () => {
  const order = itemOf({ status: "PAID" });

  function notifier() {
    const store = new MemoryStore([order]);
    let failures = 0;
    const { client, sent } = answeringClient<SESv2Client>(() => {
      if (failures-- > 0) throw new Error("SES is away");
    });
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const record = { body: JSON.stringify(toNotification(order)) } as SQSRecord;
    const channels = [new MailChannel(client, "a@b.c", "Store")];
    const handle = () => notify(record, { store, channels, gatherSeconds: 0, log });
    return { store, handle, sent, failNext: () => (failures = 1) };
  }

  it("are sent once, one after the other or side by side", async () => {
    const { handle, sent } = notifier();
    const outcomes = await Promise.allSettled([handle(), handle(), handle()]);
    // The copies that met the first one come again later, in case it died.
    expect(outcomes.filter(({ status }) => status === "rejected")).to.have.length(2);
    await handle();
    await handle();
    expect(sent).to.have.length(1);
  });

  it("are sent once although the peer Region has sent the first", async () => {
    const { store, handle, sent } = notifier();
    store.sent.set("us-west-2", new Set(["PAID"]));
    await handle();
    expect(sent).to.deep.equal([]);
  });

  it("are sent after the claim of a notifier that failed has ended", async () => {
    const { store, handle, sent, failNext } = notifier();
    failNext();
    const failed = await handle().catch((error: Error) => error.message);
    expect(failed).to.equal("SES is away");
    store.claims.set("PAID", new Date(Date.now() - 1).toISOString());
    await handle();
    await handle();
    expect(sent).to.have.length(2);
  });

  it("leave out of a gathered mail what has been sent before", async () => {
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
    await notify(record, { store, channels: [new MailChannel(client, "a@b.c", "Store")], gatherSeconds: 20, log });
    expect(sent).to.have.length(1);
    const { Simple } = (sent[0]!.input as unknown as SendEmailCommandInput).Content!;
    expect(Simple?.Headers?.[0]?.Value).to.equal(`${gathered.orderId}-PAID`);
  });
});

describe("Text messages", () => {
  async function texted(contact: OrderItem["contact"], changes: Partial<SmsRules> = {}, times = 1) {
    const order = itemOf({ contact });
    const { client, sent } = answeringClient<SNSClient>(() => ({}));
    const mails = answeringClient<SESv2Client>(() => ({}));
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const rules = { countries: ["+49", "+1"], unverified: false, perCustomerDay: 10, ...changes };
    const channels = [new MailChannel(mails.client, "a@b.c", "Store"), new SmsChannel(client, rules, "Store")];
    const store = new MemoryStore([order]);
    const record = { body: JSON.stringify(toNotification(order)) } as SQSRecord;
    for (let time = 0; time < times; time++) {
      store.sent.clear();
      await notify(record, { store, channels, gatherSeconds: 0, log });
    }
    expect(mails.sent, "mails").to.have.length(times);
    return sent.length;
  }
  const email = "ann@example.com";

  it("go to verified numbers of the named countries alone", async () => {
    expect(await texted({ email, phone: "+4930123456", phoneVerified: true })).to.equal(1);
    expect(await texted({ email, phone: "+4930123456" })).to.equal(0);
    expect(await texted({ email, phone: "+88213000000", phoneVerified: true })).to.equal(0);
    expect(await texted({ email, phone: "+19005550100", phoneVerified: true })).to.equal(0);
    expect(await texted({ email, phone: "+12065550100", phoneVerified: true })).to.equal(1);
    expect(await texted({ email, phone: "+4930123456" }, { unverified: true })).to.equal(1);
  });

  it("end at the customer's limit of the day, and mails go on", async () => {
    expect(await texted({ email, phone: "+4930123456", phoneVerified: true }, { perCustomerDay: 2 }, 4)).to.equal(2);
  });
});

describe("A client that sends", () => {
  it("sends once although no answer comes in time", async () => {
    let calls = 0;
    const server = createServer(() => {
      calls += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new SNSClient({
      ...sendOnce,
      requestHandler: { ...sendOnce.requestHandler, requestTimeout: 100 },
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "x", secretAccessKey: "x" },
    });
    const error = await client
      .send(new PublishCommand({ TopicArn: "arn:aws:sns:us-east-1:123456789012:t", Message: "m" }))
      .catch((error: Error) => error);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(error).to.have.property("name", "TimeoutError");
    expect(calls).to.equal(1);
  });
});

describe("The sweeper (rule 12)", () => {
  class Due extends MemoryStore {
    override async open(key: string, _options: { dueAt?: string } = {}) {
      const due = this.orders.filter((item) => key === openIn(this.region, item.orderId));
      return { orders: due.map(({ orderId, region, sweepAt = "" }) => ({ orderId, region, sweepAt })) };
    }
  }
  async function swept(orders: OrderItem[], status?: string, timeLeftMs = 60_000, backAt?: string) {
    const store = new Due(orders);
    const { client, sent } = workflowsAnswering(() => {
      if (status === undefined) throw new ExecutionDoesNotExist({ message: "none", $metadata: {} });
      if (status === "broken") throw new Error("broken");
      return { status };
    });
    const trouble: string[] = [];
    const result = await sweepOrders({
      store,
      workflows: client,
      executionArnPrefix: "arn:execution:machine",
      backAt,
      timeLeftMs: () => timeLeftMs,
      onTrouble: (orderId) => trouble.push(orderId),
    });
    return { store, result, sent, trouble };
  }

  for (const status of [undefined, "FAILED", "TIMED_OUT", "ABORTED"]) {
    it(`starts an order anew whose execution is ${status ?? "not there"}`, async () => {
      const { store, result, sent } = await swept([itemOf()], status);
      expect(result).to.include({ revive: 1 });
      expect(store.own).to.include({ epoch: 2, status: "PLACED" });
      expect(sent[0]?.input["executionArn"]).to.equal(`arn:execution:machine:${itemOf().orderId}-1`);
    });
  }

  it("looks later at an order whose execution runs", async () => {
    const { store, result } = await swept([itemOf()], "RUNNING");
    expect(result).to.include({ revive: 0, postpone: 1 });
    expect(store.own?.epoch).to.equal(1);
  });

  it("looks at every order that nobody has written since its Region came back, whatever its deadline", async () => {
    const asked: (string | undefined)[] = [];
    const open = Due.prototype.open;
    Due.prototype.open = function (key: string, { dueAt }: { dueAt?: string } = {}) {
      asked.push(dueAt);
      return open.call(this, key);
    };
    try {
      const written = { updatedAt: "2026-01-01T00:00:00.000Z" };
      const back = await swept([itemOf(written)], undefined, 60_000, "2026-01-01T00:10:00.000Z");
      expect(back.result).to.include({ revive: 1 });
      expect(new Set(asked)).to.deep.equal(new Set([undefined]));
      // Written since: whoever wrote it works on it.
      const since = await swept([itemOf(written)], undefined, 60_000, "2025-12-31T23:59:00.000Z");
      expect(since.result).to.include({ revive: 0, nothing: 1 });
      // Its execution has outlived the Region's absence: nothing to do, and no deadline to move.
      const running = await swept([itemOf(written)], "RUNNING", 60_000, "2026-01-01T00:10:00.000Z");
      expect(running.result).to.include({ postpone: 0 });
      expect(running.store.own?.version).to.equal(itemOf(written).version);
    } finally {
      Due.prototype.open = open;
    }
  });

  it("goes on with the others when one order makes trouble, and stops in time", async () => {
    expect((await swept([itemOf()], "broken")).trouble).to.deep.equal([itemOf().orderId]);
    expect((await swept([itemOf()], undefined, 1_000)).result).to.include({ revive: 0 });
  });
});
