import type { LambdaClient } from "@aws-sdk/client-lambda";
import { ExecutionAlreadyExists } from "@aws-sdk/client-sfn";
import type { SNSClient } from "@aws-sdk/client-sns";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { expect } from "chai";
import { dispatch } from "../../../../../components/orderService/handlers/executions/dispatch";
import { TaskReply } from "../../../../../components/orderService/handlers/executions/taskReply";
import { itemOf, refundItemOf } from "../../../../kit/orderArbitraries";
import { answeringClient, MemoryStore, workflowsAnswering } from "../../../../kit/orderFakes";

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
  const functions = answeringClient<LambdaClient>(() => ({}));
  const paidAfter: number[] = [];
  const unknown: unknown[] = [];
  await dispatch(change, {
    peerRegions: ["us-west-2"],
    onUnknownRegion: (item) => unknown.push(item),
    onPaid: (seconds) => paidAfter.push(seconds),
    store,
    workflows: workflows.client,
    stateMachineArn: "arn:machine",
    publisher: notices.client,
    topicArn: "arn:topic",
    reply: new TaskReply(workflows.client),
    functions: functions.client,
    refunder: "refunder",
  });
  return { calls: functions.sent, workflows: workflows.sent, notices: notices.sent, paidAfter, unknown };
}

describe("dispatch", () => {
  it("calls the function that makes refunds for each new attempt of an own refund (rule 16)", async () => {
    const refund = refundItemOf();
    const { calls } = await dispatched(record(refund));
    const task = { orderId: refund.orderId, refundId: refund.refundId, attempt: 1 };
    expect(calls.map(({ input }) => input)).to.deep.equal([
      { FunctionName: "refunder", InvocationType: "Event", Payload: JSON.stringify(task) },
    ]);
    for (const other of [
      record({ ...refund, sweepAt: "9999" }, refund),
      record(refundItemOf({ owner: "us-west-2" })),
      record({ ...refund, status: "REFUNDED" }, refund),
    ])
      expect((await dispatched(other)).calls).to.deep.equal([]);
    expect((await dispatched(record({ ...refund, attempt: 2 }, refund))).calls).to.have.length(1);
  });

  it("publishes an own refund once it is made, with a status that no order has (rule 13)", async () => {
    const refund = refundItemOf();
    const made = { ...refund, status: "REFUNDED" as const, version: 2, updatedAt: "2026-01-02T00:00:05.000Z" };
    const { notices } = await dispatched(record(made, refund));
    expect(notices).to.have.length(1);
    expect(JSON.parse(String(notices[0]!.input["Message"]))).to.deep.equal({
      ...{ schema: 1, id: `${refund.orderId}-refund-${refund.refundId}`, orderId: refund.orderId },
      ...{ customerId: refund.customerId, status: "REFUNDED", region: "us-east-1", at: made.updatedAt },
      ...{ refundId: refund.refundId, amount: refund.amount },
    });
    const { status, customerId } = notices[0]!.input["MessageAttributes"] as Record<string, { StringValue: string }>;
    expect([status?.StringValue, customerId?.StringValue]).to.deep.equal(["REFUNDED", refund.customerId]);
    for (const other of [
      record(refund),
      record({ ...refund, status: "REFUSED" }, refund),
      record({ ...made, reason: "erased", version: 3 }, made),
      record({ ...made, owner: "us-west-2" }, refund),
    ])
      expect((await dispatched(other)).notices).to.deep.equal([]);
  });

  it("starts the execution of a new epoch under its name, and publishes the status (rules 3 and 13)", async () => {
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

  it("counts an execution that already exists as started", async () => {
    const exists = () => {
      throw new ExecutionAlreadyExists({ message: "there", $metadata: {} });
    };
    expect((await dispatched(record(itemOf()), undefined, exists)).notices).to.have.length(1);
  });

  it("publishes a new status without starting an execution", async () => {
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

  it("measures once the time from placing to payment of an order of this Region", async () => {
    const placed = itemOf({ createdAt: "2026-01-01T10:00:00.000Z" });
    const paid = { ...placed, status: "PAID", version: 4, updatedAt: "2026-01-01T10:00:07.500Z" };
    expect((await dispatched(record(paid, placed))).paidAfter).to.deep.equal([7.5]);
    expect((await dispatched(record({ ...paid, status: "SHIPPING" }, paid))).paidAfter).to.deep.equal([]);
    expect((await dispatched(record({ ...paid, epoch: 2 }))).paidAfter, "a takeover's copy").to.deep.equal([]);
  });

  it("ignores a write that changed neither epoch nor status", async () => {
    const { workflows, notices } = await dispatched(record(itemOf({ version: 4, sweepAt: "2026-02-01" }), itemOf()));
    expect([workflows.length, notices.length]).to.deep.equal([0, 0]);
  });

  it("does not publish that an item was superseded", async () => {
    const { workflows, notices } = await dispatched(record(itemOf({ status: "SUPERSEDED", version: 4 }), itemOf()));
    expect([workflows.length, notices.length]).to.deep.equal([0, 0]);
  });

  it("supersedes the own item when the peer Region's outranks it, and resumes its execution (rule 9)", async () => {
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

  it("reads nothing for a change of the peer Region's item that decides nothing", async () => {
    const [placed, paid] = (["PLACED", "PAID"] as const).map((status) => itemOf({ region: "us-west-2", status }));
    const store = new MemoryStore([itemOf()]);
    await dispatched(record(paid!, placed), store);
    expect(store.reads).to.equal(0);
    await dispatched(record(placed!), store);
    expect(store.reads).to.equal(1);
  });

  it("keeps the own item if it outranks the peer Region's, and writes none if it does not exist", async () => {
    const west = itemOf({ region: "us-west-2" });
    for (const orders of [[itemOf({ epoch: 2 }), west], [west]]) {
      const store = new MemoryStore(orders);
      await dispatched(record(west), store);
      expect(store.orders).to.deep.equal(orders);
    }
  });

  it("reads again when the own item was written concurrently", async () => {
    const west = itemOf({ region: "us-west-2", epoch: 2 });
    const store = new MemoryStore([itemOf(), west]);
    store.meanwhile = () => {
      store.meanwhile = undefined;
      store.replace(itemOf({ status: "PAID", version: 4 }));
    };
    await dispatched(record(west), store);
    expect(store.own?.status).to.equal("SUPERSEDED");
  });

  it("resumes a waiting execution when the customer cancels in either Region (rule 11)", async () => {
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
