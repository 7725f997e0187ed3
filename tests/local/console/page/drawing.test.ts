import { expect } from "chai";
import { toWay, toWorkflow } from "../../../../local/console/orders/workflow";
import { cost, duration } from "../../../../local/console/page/format";
import { createAxis } from "../../../../local/console/page/order/axis";
import { changesBetween } from "../../../../local/console/page/order/changes";
import { layOut } from "../../../../local/console/page/order/workflowLayout";
import { orderWorkflow } from "../../../../workflows";

const polling = { firstSeconds: 1, factor: 1, maxSeconds: 1, limitSeconds: 60, maxPolls: 5 };
const retrying = { firstSeconds: 1, factor: 1, maxSeconds: 1, attempts: 3 };
const workflow = toWorkflow(
  orderWorkflow({
    functions: { authorize: "a", settle: "b", ship: "c", review: "d" },
    waits: {
      payment: polling,
      delivery: polling,
      retries: retrying,
      refundRetries: retrying,
      executionLimitSeconds: 60,
    } as never,
  }) as never,
);

describe("layOut", () => {
  it("puts the undisturbed way of the store's own workflow, with a review, in the first row, in its order", () => {
    const places = layOut(workflow);
    const first = [...places].filter(([, { row }]) => row === 0).sort(([, a], [, b]) => a.column - b.column);
    expect(first.map(([name]) => name)).to.deep.equal(["Authorize", "Review", "Capture", "Ship"]);
  });

  it("gives every state a place of its own", () => {
    const places = [...layOut(workflow).values()].map(({ column, row }) => `${column} ${row}`);
    expect(places.length).to.equal(workflow.states.length);
    expect(new Set(places).size).to.equal(places.length);
  });
});

describe("toWay", () => {
  it("finds the branch of a declined payment", () => {
    const way = toWay([
      {
        status: "SUCCEEDED",
        states: [
          { name: "Authorize", endAt: "x", errors: ["Unpaid"] },
          { name: "Void", endAt: "x", errors: [] },
        ],
      },
    ]);
    expect(way).to.deep.equal({
      entered: { Authorize: 1, Void: 1 },
      taken: ["Authorize>Void"],
      current: [],
      failed: [],
    });
  });

  it("finds the state that a running execution is in, and failed attempts", () => {
    const way = toWay([
      {
        status: "RUNNING",
        states: [
          { name: "Capture", endAt: "x", errors: ["Transient"] },
          { name: "Ship", errors: [] },
        ],
      },
    ]);
    expect([way.current, way.failed]).to.deep.equal([["Ship"], ["Capture"]]);
  });
});

describe("createAxis", () => {
  const at = (seconds: number) => new Date(seconds * 1_000).toISOString();

  it("cuts gaps of more than a second", () => {
    const axis = createAxis([0, 1, 61, 62].map((seconds) => ({ kind: "status", at: at(seconds) })));
    expect(axis.busyMs).to.equal(3_000);
    expect([0, 1, 61, 62].map((seconds) => Math.round(axis.positionOf(at(seconds))))).to.deep.equal([0, 33, 67, 100]);
    expect(axis.offsetOf(at(61))).to.equal("+61.00 s");
  });
});

describe("changesBetween", () => {
  it("puts changed attributes first, and shows absent ones as empty", () => {
    const changes = changesBetween({ a: 1, status: "PLACED" }, { a: 1, status: "PAID", paid: { at: "x" } });
    expect(changes.map(({ name, isChanged }) => [name, isChanged])).to.deep.equal([
      ["paid", true],
      ["status", true],
      ["a", false],
    ]);
    expect(changes[0]).to.include({ before: "" });
    expect(changes[1]).to.include({ before: "PLACED", after: "PAID" });
  });
});

describe("cost", () => {
  it("is in millionths of a dollar, with two digits or whole", () => {
    expect([2.5e-7, 2.5e-5, 0.000_612_4].map(cost)).to.deep.equal(["0.25 µ$", "25 µ$", "612 µ$"]);
  });
});

describe("duration", () => {
  it("uses the unit that fits", () => {
    expect([340, 2_500, 200_000, 7_260_000].map(duration)).to.deep.equal([
      "340 ms",
      "2.5 s",
      "3 min 20 s",
      "2 h 1 min",
    ]);
  });
});
