import { expect } from "chai";
import { formatTimeline } from "../../../../cli/orders";
import type { OrderItem } from "../../../../domain/order";
import { PRICES } from "../../../../local/aws/prices";
import { toStates } from "../../../../local/console/orders/orderTimelines";
import { assembleTimeline, type TimelineSources } from "../../../../local/console/orders/timeline";

const second = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, 0) + seconds * 1_000).toISOString();
const [east, west] = ["us-east-1", "us-west-2"];
const orderId = "7ZQ4M2ABCDEFGHJKMNPQRSTVWX";

/** An item with the attributes that the timeline reads. */
const item = (region: string, ...history: [string, number, number][]) =>
  ({
    kind: "order",
    orderId,
    region,
    createdAt: second(0),
    updatedAt: second(history.at(-1)![1]),
    status: history.at(-1)![0],
    epoch: history.at(-1)![2],
    history: history.map(([status, at, epoch]) => ({ status, at: second(at), region, epoch })),
  }) as unknown as OrderItem;
const nothing: TimelineSources = {
  items: [],
  writes: [],
  runs: [],
  calls: [],
  lines: [],
  providerCalls: [],
  arrivals: [],
  messages: [],
  incidents: [],
};

describe("assembleTimeline", () => {
  it("puts both Regions on one time axis", () => {
    const timeline = assembleTimeline(orderId, {
      ...nothing,
      items: [item(east, ["PLACED", 0, 1]), item(west, ["PAID", 9, 2])],
      arrivals: [
        {
          table: "orders",
          key: [orderId, east],
          from: east,
          to: west,
          writtenAt: second(0),
          arrivedAt: second(1),
        },
      ],
      providerCalls: [
        { system: "payment", operation: "capture", orderId, at: second(8), effectAt: second(8), status: 200 },
      ],
    })!;
    expect(timeline.status).to.equal("PAID");
    expect(timeline.entries.map(({ kind, region, title }) => [kind, region, title])).to.deep.equal([
      ["status", east, "PLACED"],
      ["replication", west, "order item arrived"],
      ["provider", undefined, "payment provider: capture"],
      ["status", west, "PAID"],
    ]);
  });

  it("names what has arrived by its kind, not by its key", () => {
    const arrival = { from: east, to: west, writtenAt: second(0), arrivedAt: second(1) };
    const written = { orderId, region: west, at: second(1), before: undefined };
    const timeline = assembleTimeline(orderId, {
      ...nothing,
      items: [item(east, ["PLACED", 0, 1])],
      writes: [{ ...written, tableName: "cards", after: { orderId, region: east, ciphertext: "…" } } as never],
      arrivals: [
        { ...arrival, table: "cards", key: [orderId, east] },
        { ...arrival, table: "orders", key: [orderId, `wait#${east}`] },
      ],
    })!;
    const titles = timeline.entries.filter(({ kind }) => kind === "replication").map(({ title }) => title);
    expect(titles).to.deep.equal(["card item arrived", "wait item arrived"]);
  });

  it("shows requests and log lines within their function's call", () => {
    const timeline = assembleTimeline(orderId, {
      ...nothing,
      items: [item(east, ["PLACED", 0, 1])],
      calls: [
        {
          traceId: "1-a",
          region: east,
          functionName: "orders-authorize",
          at: second(1),
          endAt: second(2),
          isColdStart: true,
          calls: [
            {
              title: "DynamoDB UpdateItem",
              at: second(1.5),
              endAt: second(1.6),
              status: 400,
              error: "ConditionalCheckFailedException",
            },
          ],
        },
      ],
      lines: [
        { traceId: "1-a", at: second(1.2), level: "info", text: "Authorized" },
        { traceId: "1-b", at: second(1.3), level: "info", text: "of another call" },
      ],
    })!;
    const call = timeline.entries.find(({ kind }) => kind === "call")!;
    expect(call.detail).to.equal("cold start");
    expect(call.parts!.map(({ kind, title, hasFailed }) => [kind, title, hasFailed])).to.deep.equal([
      ["log", "Authorized", false],
      ["request", "DynamoDB UpdateItem", true],
    ]);
  });

  it("says why a payment was declined, and that a provider gave no answer", () => {
    const declined = { ...item(east, ["CANCELLED", 3, 1]), payment: { kind: "card", declined: "insufficient_funds" } };
    const { entries } = assembleTimeline(orderId, {
      ...nothing,
      items: [declined as OrderItem],
      providerCalls: [{ system: "payment", operation: "authorize", orderId, at: second(1), fault: "timeout-before" }],
    })!;
    expect(entries.map(({ detail, hasFailed }) => [detail, hasFailed])).to.deep.equal([
      ["no answer, without effect, injected fault: timeout-before", true],
      ["epoch 1. There is not enough money on the card.", undefined],
    ]);
  });

  it("marks failed attempts of a state, but not the time-out of a wait", () => {
    const states = [
      { name: "Authorize", at: second(1), endAt: second(2), errors: ["TransientError"] },
      { name: "Ship", at: second(3), endAt: second(4), errors: ["States.Timeout"], isWaiting: true as const },
      { name: "Capture", at: second(5), errors: [] },
    ];
    const { entries } = assembleTimeline(orderId, {
      ...nothing,
      items: [item(east, ["PLACED", 0, 1])],
      runs: [{ name: `${orderId}-1`, region: east, status: "RUNNING", states }],
    })!;
    expect(entries.slice(1).map(({ detail, hasFailed, isOpen }) => [detail, hasFailed, isOpen])).to.deep.equal([
      ["execution 1, failed attempts: 1 (TransientError)", true, false],
      ["execution 1, waited until its time-out, then looked again", false, false],
      ["execution 1", false, true],
    ]);
  });

  it("shows no current state of an order that has ended in the other Region", () => {
    const runs = [
      { name: `${orderId}-1`, region: east, status: "RUNNING", states: [{ name: "Ship", at: second(1), errors: [] }] },
    ];
    const currentOf = (status: string) =>
      assembleTimeline(orderId, {
        ...nothing,
        items: [item(east, ["PLACED", 0, 1]), item(west, [status, 9, 2])],
        workflow: { startAt: "Ship", states: [] },
        runs,
      })!.workflow!.current;
    expect([currentOf("PAID"), currentOf("DELIVERED")]).to.deep.equal([["Ship"], []]);
  });

  it("names failures of Regions while the order was open, and none before or after", () => {
    const incidents = [-5, 5, 20].map((at) => ({ at: second(at), what: `us-east-1 was killed at ${at}` }));
    const titles = (...history: [string, number, number][]) =>
      assembleTimeline(orderId, { ...nothing, items: [item(east, ...history)], incidents })!.entries.map(
        (e) => e.title,
      );
    expect(titles(["PLACED", 0, 1], ["DELIVERED", 10, 1])).to.deep.equal([
      "PLACED",
      "us-east-1 was killed at 5",
      "DELIVERED",
    ]);
    expect(titles(["PLACED", 0, 1])).to.deep.equal([
      "PLACED",
      "us-east-1 was killed at 5",
      "us-east-1 was killed at 20",
    ]);
  });

  it("adds the cost of each step, and of their parts", () => {
    const request = { title: "KMS Decrypt", at: second(1.1), endAt: second(1.2), status: 200 };
    const call = { traceId: "1-a", region: east, functionName: "orders-authorize", isColdStart: false };
    const mail = {
      kind: "mail",
      id: "1",
      to: "ada@example.com",
      subject: "Paid",
      text: orderId,
      at: second(3),
      region: east,
    };
    const { usd, entries } = assembleTimeline(orderId, {
      ...nothing,
      items: [item(east, ["PLACED", 0, 1])],
      runs: [
        {
          name: `${orderId}-1`,
          region: east,
          status: "RUNNING",
          states: [{ name: "Capture", at: second(2), errors: ["TransientError"] }],
        },
      ],
      calls: [{ ...call, at: second(1), endAt: second(1.3), calls: [request] }],
      messages: [mail as never],
    })!;
    const costs = Object.fromEntries(entries.map((entry) => [entry.kind, entry.usd]));
    expect(costs["status"]).to.equal(undefined);
    expect(costs["state"]).to.equal(2 * PRICES.transition);
    expect(costs["call"]).to.be.greaterThan(PRICES.kmsAsymmetric + PRICES.lambdaRequest);
    expect(costs["message"]).to.equal(PRICES.mail);
    expect(usd).to.be.closeTo(costs["state"]! + costs["call"]! + PRICES.mail, 1e-12);
  });

  it("counts writes within a transaction twice", () => {
    const written = { region: east, tableName: "orders", at: second(3), after: { ...item(east, ["PLACED", 1.05, 1]) } };
    const costOf = (title: string) => {
      const request = { title, at: second(1.1), endAt: second(1.2), status: 200 };
      const call = { traceId: "1-a", region: east, functionName: "orders-submit", isColdStart: false };
      const { entries } = assembleTimeline(orderId, {
        ...nothing,
        items: [item(east, ["PLACED", 0, 1])],
        writes: [written as never],
        calls: [{ ...call, at: second(1), endAt: second(1.3), calls: [request] }],
      })!;
      return entries.find(({ kind }) => kind === "write")!.usd!;
    };
    expect(costOf("DynamoDB TransactWriteItems")).to.equal(2 * costOf("DynamoDB PutItem"));
  });

  it("knows no order without an item", () => {
    expect(assembleTimeline(orderId, nothing)).to.equal(undefined);
  });
});

describe("toStates", () => {
  const event = (id: number, details: object) => ({ id, timestamp: new Date(second(id)), type: undefined, ...details });

  it("gives each state its times and the errors of its attempts", () => {
    const { states, error } = toStates([
      event(6, { stateEnteredEventDetails: { name: "Ship" } }),
      event(7, { taskScheduledEventDetails: { resource: "invoke.waitForTaskToken" } }),
      event(4, { stateEnteredEventDetails: { name: "Capture" } }),
      event(5, { stateExitedEventDetails: { name: "Capture" } }),
      event(1, { stateEnteredEventDetails: { name: "Authorize" } }),
      event(2, { taskFailedEventDetails: { error: "TransientError" } }),
      event(3, { stateExitedEventDetails: { name: "Authorize" } }),
      event(8, { executionFailedEventDetails: { error: "States.Runtime", cause: "no input" } }),
    ]);
    expect(states).to.deep.equal([
      { name: "Authorize", at: second(1), endAt: second(3), errors: ["TransientError"] },
      { name: "Capture", at: second(4), endAt: second(5), errors: [] },
      { name: "Ship", at: second(6), errors: [], isWaiting: true },
    ]);
    expect(error).to.equal("States.Runtime: no input");
  });
});

describe("formatTimeline", () => {
  it("prints one line an entry, with what failed marked", () => {
    const timeline = {
      orderId,
      status: "PAID",
      items: [],
      entries: [
        { kind: "status", region: east, title: "PLACED", detail: "epoch 1", at: second(0) },
        { kind: "call", region: east, title: "orders-authorize", at: second(1), isOpen: true, hasFailed: true },
        { kind: "provider", title: "payment provider: capture", at: second(2.5), endAt: second(2.6) },
      ],
      usd: 0.000_612_3,
      missing: ["us-west-2 does not answer."],
    } as const;
    expect(formatTimeline(timeline as never).split("\n")).to.deep.equal([
      `Order ${orderId}: PAID, in progress`,
      "   +0.00 s   us-east-1  PLACED  epoch 1",
      "   +1.00 s ! us-east-1  orders-authorize (not ended)",
      "   +2.50 s   outside    payment provider: capture (100 ms)",
      "Cost of these steps on AWS, at list prices: 0.6123 USD for 1,000 such orders",
      "us-west-2 does not answer.",
    ]);
  });
});
