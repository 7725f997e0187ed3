import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Recording, readRecording } from "../../local/console/recording";
import { BUGS, type Bug } from "../kit/simulator/bugs";
import { type Summary, work } from "../kit/simulator/run";
import { shrink, toStory, toTest } from "../kit/simulator/shrink";
import { simulate } from "../kit/simulator/simulate";
import { temporaryFolder } from "../kit/temporaryFolder";

describe("Simulated schedules of the store's functions", function () {
  this.timeout(1_800_000);
  const count = Number(process.env["STAYOPEN_SCHEDULES"] ?? 2_000);
  let summary: Summary;

  before(async () => {
    // In this process: each more would compute for itself what the model allows. `npm test` has other work for the other processor.
    summary = await work({ from: 0, count, step: 1 });
  });

  it("keep every promise", () => {
    expect(summary.failures).to.deep.equal([]);
    expect(summary.schedules).to.equal(count);
  });

  it("meet every kind of fault and incident", () => {
    expect(Object.keys(summary.misfortunes)).to.include.members([
      ...["kill", "freeze", "cut", "lose", "takeover", "abort", "release", "sweep"],
      ...["a call is refused", "a call is lost", "a call takes effect late", "a response is lost"],
      ...["a function crashes before a call", "a function crashes after a call"],
      ...["a webhook is never sent", "a webhook is sent twice", "a queue delivers a message twice"],
      ...["claim", "a transaction meets another one", "the payment provider makes no refunds for a time"],
    ]);
  });

  it("sell counted units, move them between the Regions, return and refuse them", () => {
    const { countedOrders, unitsMoved, unitsReturned, soldOut, stockMoving } = summary;
    expect(countedOrders).to.be.greaterThan(count / 2);
    expect(Math.min(unitsMoved, unitsReturned, soldOut, stockMoving)).to.be.greaterThan(count / 10);
  });

  it("refund parts of orders, and take refunds of a lost Region over", () => {
    const { refundsAccepted, refundsMade, refundsTakenOver } = summary;
    expect(refundsAccepted).to.be.greaterThan(count / 10);
    expect(refundsMade).to.be.greaterThan(count / 15);
    expect(refundsTakenOver).to.be.greaterThan(count / 500);
  });

  it("ask the store's own check before they capture, and void what it declines", () => {
    const { ordersReviewed, ordersDeclined } = summary;
    expect(ordersReviewed).to.be.greaterThan(count / 10);
    expect(ordersDeclined).to.be.greaterThan(count / 30);
  });

  it("are steps of the exhaustive model, but for few orders that leave its bounds", () => {
    expect(summary.replayedSteps).to.be.greaterThan(4 * summary.orders);
    expect(summary.beyondModel).to.be.lessThan(summary.orders / 50);
  });
});

describe("A schedule that failed before", function () {
  this.timeout(1_800_000);

  it("is not taken for ended while a queue of the living Region redelivers a message", async () => {
    const { violations } = await simulate({ seed: 2_996 });
    expect(violations).to.deep.equal([]);
  });
});

describe("A schedule of counted products", function () {
  this.timeout(1_800_000);

  it("sells the units of a Region that is lost after an operator has claimed them", async () => {
    for (let seed = 0; seed < 150; seed++) {
      const { violations, trace } = await simulate({ seed, counted: true });
      expect(violations, `seed ${seed}`).to.deep.equal([]);
      if (trace.some((line) => /operator claims .*"units":[1-9]/.test(line))) return;
    }
    expect.fail("No schedule had a claim of units.");
  });
});

describe("simulate", function () {
  this.timeout(1_800_000);

  it("records a schedule for the console without changing it", async () => {
    const seed = await seedWith((misfortunes) => misfortunes.some(({ kind }) => kind.startsWith("kill ")));
    const { digest } = await simulate({ seed });
    const { digest: again, recording, orders } = await simulate({ seed, isRecorded: true });
    expect(again).to.equal(digest);
    const { timelines, state, title } = readRecordingOf(recording);
    expect(title).to.equal(`Simulated schedule of seed ${seed}`);
    expect(Object.keys(timelines).length).to.be.within(1, orders.length);
    expect(state.orders!.orders.map(({ orderId }) => orderId)).to.have.members(Object.keys(timelines));
    const entries = Object.values(timelines).flatMap((timeline) => timeline.entries);
    expect(new Set(entries.map(({ kind }) => kind))).to.include.keys("call", "state", "status", "write", "replication");
    expect(entries.filter(({ kind }) => kind === "call").flatMap(({ parts = [] }) => parts)).not.to.be.empty;
    expect(state.events!.events.map(({ what }) => what).join()).to.match(/us-\w+-\d is down/);
  });

  /** Finds a schedule with a certain misfortune. */
  async function seedWith(isWanted: (misfortunes: Awaited<ReturnType<typeof simulate>>["misfortunes"]) => boolean) {
    for (let seed = 0; seed < 500; seed++) if (isWanted((await simulate({ seed })).misfortunes)) return seed;
    throw new Error("No schedule has the misfortune.");
  }

  /** Saves and reads the recording as the command does. */
  function readRecordingOf(recording: unknown): Recording {
    const file = join(temporaryFolder("schedule"), "schedule.json");
    writeFileSync(file, JSON.stringify(recording));
    return readRecording(file);
  }

  it("runs the same schedule again for the same seed, whatever ran in between", async () => {
    const first = await simulate({ seed: 7 });
    await simulate({ seed: 8 });
    const again = await simulate({ seed: 7 });
    expect(again.trace).to.deep.equal(first.trace);
    expect(again.digest).to.equal(first.digest);
  });

  it("leaves clock, timers, environment and fetch of the process as they were", async () => {
    const before = [Date, setTimeout, process.env, fetch, Math.random, AbortSignal.timeout];
    await simulate({ seed: 1 });
    expect([Date, setTimeout, process.env, fetch, Math.random, AbortSignal.timeout]).to.deep.equal(before);
  });
});

describe("A bug in the store's functions", function () {
  this.timeout(1_800_000);
  /** Schedules in which a bug must be found, from a seed near the first that finds it (`npm run simulate -- --bugs`). */
  const NEAR = 150;

  for (const [bug, { name, near }] of BUGS.entries()) {
    it(`is found if the store ${name}`, async () => {
      const { failures } = await work({ from: near, count: NEAR, step: 1, bug });
      expect(failures, `not found in ${NEAR} schedules`).to.have.length(1);
    });
  }

  it("is shrunk to a story of one order and few faults, and to a test", async () => {
    const { plant, near } = bugNamed("counts an unanswered capture as captured");
    const remove = plant();
    try {
      const failed = await firstFailure(near);
      const shrunk = await shrink(failed);
      expect(shrunk.result.violations).to.include(failed.violations[0]);
      expect(shrunk.result.orders).to.have.length(1);
      expect(shrunk.result.misfortunes.length).to.be.within(1, 3);
      expect(toStory(shrunk)).to.include("places order").and.to.include("VIOLATED");
      expect(toTest(shrunk)).to.include(`seed: ${failed.seed}`);
      const again = await simulate(shrunk.options);
      expect(again.digest).to.equal(shrunk.result.digest);
    } finally {
      remove();
    }
  });

  const bugNamed = (name: string): Bug => BUGS.find((bug) => bug.name === name)!;

  async function firstFailure(near: number) {
    for (let seed = near; seed < near + NEAR; seed++) {
      const result = await simulate({ seed });
      if (result.violations.length > 0) return result;
    }
    throw new Error("No schedule found the bug.");
  }
});
