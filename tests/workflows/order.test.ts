import aslValidator from "asl-validator";
import { expect } from "chai";
import jsonata from "jsonata";
import { SIGNALS } from "../../domain/order";
import { MOST_POLLS, ORDER_WAITS, orderWorkflow, type State, type TaskState, TRANSIENT_ERRORS } from "../../workflows";

const workflow = orderWorkflow({
  functions: {
    authorize: "arn:aws:lambda:us-east-1:123456789012:function:authorize",
    settle: "arn:aws:lambda:us-east-1:123456789012:function:settle",
    ship: "arn:aws:lambda:us-east-1:123456789012:function:ship",
  },
  waits: ORDER_WAITS,
});
const reviewed = orderWorkflow({
  functions: {
    authorize: "arn:aws:lambda:us-east-1:123456789012:function:authorize",
    settle: "arn:aws:lambda:us-east-1:123456789012:function:settle",
    ship: "arn:aws:lambda:us-east-1:123456789012:function:ship",
    review: "arn:aws:lambda:us-east-1:123456789012:function:review",
  },
  waits: ORDER_WAITS,
});
const states = Object.entries(workflow.States) as [string, State<string>][];
const tasks = states.filter((entry): entry is [string, TaskState<string>] => entry[1].Type === "Task");
const nextOf = (state: TaskState<string>) => ("Next" in state ? [state.Next] : []);

describe("The order workflow", () => {
  it("is a valid state machine", () => {
    const { errors } = aslValidator(JSON.parse(JSON.stringify(workflow)));
    expect(errors).to.deep.equal([]);
  });

  it("goes only to states that exist, and reaches every one", () => {
    const reached = new Set<string>([workflow.StartAt]);
    for (let size = 0; size !== reached.size; ) {
      size = reached.size;
      for (const [name, state] of tasks) {
        if (!reached.has(name)) continue;
        for (const next of [...nextOf(state), ...(state.Catch ?? []).map((catcher) => catcher.Next)]) reached.add(next);
      }
    }
    expect([...reached].sort()).to.deep.equal(Object.keys(workflow.States).sort());
  });

  it("takes two transitions when all goes well, one for each provider", () => {
    const way: string[] = [workflow.StartAt];
    for (let state = workflow.States[workflow.StartAt]; state?.Type === "Task" && "Next" in state; ) {
      way.push(state.Next);
      state = workflow.States[state.Next];
    }
    expect(way).to.deep.equal(["Authorize", "Ship"]);
  });

  it("tries again only what passes, with back-off, full jitter and a limit", () => {
    for (const [name, state] of tasks) {
      for (const retrier of state.Retry ?? []) {
        expect(retrier.ErrorEquals, name).to.not.include.members(["States.ALL"]);
        const known: string[] = [...TRANSIENT_ERRORS, "States.Timeout"];
        for (const error of retrier.ErrorEquals) expect(known, name).to.include(error);
        expect(retrier.JitterStrategy).to.equal("FULL");
        expect(retrier.BackoffRate).to.be.at.least(1);
        expect(retrier.MaxAttempts).to.be.within(1, 20);
        expect(retrier.MaxDelaySeconds).to.be.greaterThan(retrier.IntervalSeconds);
      }
      expect(state.Retry, name).to.have.length(1);
      expect(state.TimeoutSeconds, name).to.not.equal(undefined);
    }
    expect(workflow.TimeoutSeconds).to.be.greaterThan(0);
  });

  it("does not retry the time-out of a step that waits: that is when it looks again", () => {
    for (const name of ["Authorize", "Ship"] as const) {
      const state = workflow.States[name] as TaskState<string>;
      expect(state.Retry?.[0]?.ErrorEquals).to.not.include("States.Timeout");
      expect(state.Catch?.[0]).to.deep.include({ ErrorEquals: [SIGNALS.woken, "States.Timeout"], Next: name });
    }
  });

  it("lets no refund fail unseen", () => {
    const refund = workflow.States.Refund as TaskState<string>;
    expect(refund.Catch?.at(-1)).to.include({ Next: "RefundFailing" });
    expect(refund.Catch?.at(-1)?.ErrorEquals).to.deep.equal(["States.ALL"]);
    expect(workflow.States.RefundFailing.Type).to.equal("Fail");
  });

  it("keeps the order's id through every catch", async () => {
    const input = { orderId: "A1", epoch: 2, startedAt: "2026-01-01T00:00:00.000Z", polls: 3 };
    const errorOutput = { Error: "E", Cause: '{"errorMessage":"why"}' };
    for (const [name, state] of tasks) {
      for (const catcher of state.Catch ?? []) {
        const output = await evaluate(catcher.Output!, { input, errorOutput });
        expect(output, `${name} → ${catcher.Next}`).to.include({ orderId: "A1", epoch: 2 });
      }
      const payload = await evaluate(state.Arguments.Payload, { input, context: { Task: { Token: "token" } } });
      expect(payload).to.include({ orderId: "A1", epoch: 2, startedAt: input.startedAt });
    }
  });

  it("hands on why an order is not paid or not shipped", async () => {
    const input = { orderId: "A1", epoch: 1, polls: 0 };
    const toVoid = (workflow.States.Authorize as TaskState<string>).Catch?.find(({ Next }) => Next === "Void");
    const declined = await evaluate(toVoid!.Output!, { input, errorOutput: { Cause: "declined" } });
    expect(declined).to.include({ reason: "declined" });
    const toRefund = (workflow.States.Ship as TaskState<string>).Catch?.find(({ Next }) => Next === "Refund");
    const impossible = await evaluate(toRefund!.Output!, {
      input,
      errorOutput: { Cause: "no street" },
    });
    expect(impossible).to.include({ reason: "no street" });
  });

  it("waits longer and longer, whole seconds that Step Functions takes, about four weeks in all", async () => {
    const { TimeoutSeconds } = workflow.States.Ship as TaskState<string>;
    let total = 0;
    let last = 0;
    for (let polls = 0; polls < MOST_POLLS; polls++) {
      const seconds = (await evaluate(TimeoutSeconds as string, { input: { polls } })) as number;
      expect(Number.isInteger(seconds)).to.equal(true);
      expect(seconds).to.be.at.least(Math.max(last, 1)).and.at.most(99_999_999);
      total += seconds;
      last = seconds;
    }
    expect(total / 86_400).to.be.within(21, 31);
    expect(total).to.be.below(workflow.TimeoutSeconds);
  });

  it("waits as long as the longest wait after any number of polls, whose power is no number", async () => {
    const { TimeoutSeconds } = workflow.States.Authorize as TaskState<string>;
    expect(await evaluate(TimeoutSeconds as string, { input: { polls: 2_000 } })).to.equal(600);
  });
});

describe("The order workflow with a check of the store's own", () => {
  const { Review, Capture, ...others } = reviewed.States;
  const review = Review as TaskState<string>;

  it("is a valid state machine, with Review and Capture between Authorize and Ship and nothing else changed", async () => {
    expect(aslValidator(JSON.parse(JSON.stringify(reviewed))).errors).to.deep.equal([]);
    expect((others.Authorize as { Next?: string }).Next).to.equal("Review");
    expect((Review as { Next?: string }).Next).to.equal("Capture");
    expect((Capture as { Next?: string }).Next).to.equal("Ship");
    const { Authorize, ...rest } = workflow.States;
    expect({ ...others, Authorize }).to.deep.equal({ ...rest, Authorize });
  });

  it("has Authorize capture the payment only where no review stands between", async () => {
    for (const [definition, captures] of [
      [workflow, true],
      [reviewed, undefined],
    ] as const) {
      const { Payload } = (definition.States.Authorize as TaskState<string>).Arguments;
      const input = { orderId: "A1", epoch: 1, polls: 0 };
      const payload = (await evaluate(Payload, { input, context: { Task: { Token: "token" } } })) as object;
      expect(payload).to.include({ step: "authorize", token: "token" });
      expect((payload as { captures?: boolean }).captures).to.equal(captures);
    }
  });

  it("counts the polls of a parcel from 0, however often a payment was polled", async () => {
    const output = await evaluate((workflow.States.Authorize as TaskState<string>).Output!, { input: { polls: 9 } });
    expect(output).to.deep.equal({ polls: 0 });
  });

  it("asks an undecided check again for as long as any limit, within an execution's history", () => {
    const [transient, undecided] = review.Retry!;
    expect(transient!.ErrorEquals).to.include(SIGNALS.transient).and.not.include(SIGNALS.underReview);
    expect(undecided!.ErrorEquals).to.deep.equal([SIGNALS.underReview]);
    expect(5 * undecided!.MaxAttempts).to.be.below(25_000);
    // Full jitter waits half of each interval on average.
    expect((undecided!.MaxAttempts * undecided!.MaxDelaySeconds) / 2).to.be.greaterThan(86_400);
  });

  it("hands on why an order is declined", async () => {
    const toVoid = review.Catch?.find(({ Next }) => Next === "Void");
    expect(toVoid?.ErrorEquals).to.deep.equal([SIGNALS.unpaid]);
    const states = { input: { orderId: "A1" }, errorOutput: { Cause: '{"errorMessage":"Too many orders."}' } };
    expect(await evaluate(toVoid!.Output!, states)).to.deep.equal({ orderId: "A1", reason: "Too many orders." });
  });
});

/** Evaluates what stands between `{%` and `%}` as Step Functions does, which adds `$parse` to JSONata. */
async function evaluate(text: string, states: Record<string, unknown>): Promise<unknown> {
  const expression = jsonata(text.replace(/^\{%/, "").replace(/%\}$/, ""));
  expression.registerFunction("parse", (json: string) => JSON.parse(json), "<s:x>");
  return JSON.parse(JSON.stringify(await expression.evaluate({}, { states })));
}
