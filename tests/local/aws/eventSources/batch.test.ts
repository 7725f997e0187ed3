import { expect } from "chai";
import fc from "fast-check";
import {
  backoffMs,
  batchLength,
  nextStep,
  type QueuedRecord,
  verdictOn,
} from "../../../../local/aws/eventSources/batch";

const records = (...numbers: number[]): QueuedRecord[] =>
  numbers.map((number) => ({ sequenceNumber: String(number), createdAt: 0, json: "{}" }));
const reported = (...identifiers: unknown[]) => ({
  payload: JSON.stringify({ batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) }),
});

describe("verdictOn", () => {
  const batch = records(1, 2, 3, 4);

  it("fails the whole batch when the function threw, regardless of reported failures", () => {
    const verdict = verdictOn({ functionError: "Unhandled", ...reported("3") }, batch, true);
    expect(verdict).to.deep.equal({ kind: "failed", index: 0, functionError: "Unhandled" });
  });

  it("ignores reported failures if the mapping does not enable them", () => {
    expect(verdictOn(reported("1"), batch, false)).to.deep.equal({ kind: "success" });
  });

  for (const payload of ["", "null", "{}", '{"batchItemFailures":[]}', '{"batchItemFailures":null}']) {
    it(`returns success for the response ${payload || "(empty)"}`, () => {
      expect(verdictOn({ payload }, batch, true)).to.deep.equal({ kind: "success" });
    });
  }

  it("continues at the lowest reported sequence number", () => {
    expect(verdictOn(reported("4", "2"), batch, true)).to.deep.equal({ kind: "failed", index: 1 });
  });

  for (const [title, answer] of [
    ["an unknown identifier", reported("99")],
    ["an unknown identifier beside a known one", reported("3", "99")],
    ["an empty identifier", reported("")],
    ["a null identifier", reported(null)],
    ["a wrong key", { payload: '{"batchItemFailures":[{"id":"3"}]}' }],
    ["something that is no list", { payload: '{"batchItemFailures":"3"}' }],
  ] as const) {
    it(`fails the whole batch with ${title}`, () => {
      expect(verdictOn(answer, batch, true)).to.deep.equal({ kind: "failed", index: 0 });
    });
  }
});

describe("nextStep", () => {
  const threw = { index: 0, functionError: "Unhandled" };

  it("retries a whole batch until its retries are used up", () => {
    const rules = { bisects: false, maximumRetryAttempts: 2 };
    const unit = { records: records(1, 2), failedTries: 0 };
    expect(nextStep(unit, threw, rules)).to.deep.equal({ kind: "retry", units: [{ ...unit, failedTries: 1 }] });
    expect(nextStep({ ...unit, failedTries: 2 }, threw, rules)).to.deep.equal({ kind: "give-up" });
  });

  it("retries without limit with -1, and never with 0", () => {
    const unit = { records: records(1), failedTries: 1_000 };
    const rules = (maximumRetryAttempts: number) => ({ bisects: false, maximumRetryAttempts });
    expect(nextStep(unit, threw, rules(-1)).kind).to.equal("retry");
    expect(nextStep({ ...unit, failedTries: 0 }, threw, rules(0)).kind).to.equal("give-up");
  });

  it("splits after an error without counting it as a retry, down to one record", () => {
    const rules = { bisects: true, maximumRetryAttempts: 0 };
    const step = nextStep({ records: records(1, 2, 3), failedTries: 0 }, threw, rules);
    expect(step.kind === "retry" && step.units.map((unit) => unit.records.length)).to.deep.equal([2, 1]);
    expect(nextStep({ records: records(1), failedTries: 0 }, threw, rules)).to.deep.equal({ kind: "give-up" });
  });

  it("does not split when the first record is reported: all records behind it share its retries", () => {
    const unit = { records: records(1, 2, 3), failedTries: 0 };
    const rules = { bisects: true, maximumRetryAttempts: 1 };
    expect(nextStep(unit, { index: 0 }, rules)).to.deep.equal({ kind: "retry", units: [{ ...unit, failedTries: 1 }] });
    expect(nextStep({ ...unit, failedTries: 1 }, { index: 0 }, rules)).to.deep.equal({ kind: "give-up" });
  });

  it("resets the count after progress", () => {
    const unit = { records: records(1, 2, 3), failedTries: 5 };
    const step = nextStep(unit, { index: 2 }, { bisects: true, maximumRetryAttempts: 5 });
    expect(step).to.deep.equal({ kind: "retry", units: [{ records: records(3), failedTries: 0 }] });
  });

  it("isolates a poison record for which the function throws, and handles the rest in order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.boolean(), (size, place, reports) => {
        const poison = (place % size) + 1;
        let units = [{ records: records(...Array.from({ length: size }, (_, index) => index + 1)), failedTries: 0 }];
        const done: number[] = [];
        const givenUp: number[] = [];
        while (units.length > 0) {
          const [unit, ...later] = units as [(typeof units)[number], ...typeof units];
          const numbers = unit.records.map((record) => Number(record.sequenceNumber));
          const at = numbers.indexOf(poison);
          if (at === -1) {
            done.push(...numbers);
            units = later;
            continue;
          }
          const failure = reports && at > 0 ? { index: at } : threw;
          const step = nextStep(unit, failure, { bisects: true, maximumRetryAttempts: 2 });
          done.push(...numbers.slice(0, failure.index));
          if (step.kind === "give-up") givenUp.push(...numbers);
          units = step.kind === "give-up" ? later : [...step.units, ...later];
        }
        expect(givenUp).to.deep.equal([poison]);
        expect(done).to.deep.equal([...done].sort((a, b) => a - b));
        expect(new Set(done).size).to.equal(size - 1);
      }),
    );
  });
});

describe("batchLength", () => {
  it("stops at the batch size or before 6 MB, and returns at least one record", () => {
    expect(batchLength(records(1, 2, 3), 2)).to.equal(2);
    const large = records(1, 2, 3).map((record) => ({ ...record, json: "x".repeat(4 * 1024 * 1024) }));
    expect(batchLength(large, 100)).to.equal(1);
    expect(batchLength([{ ...large[0]!, json: "x".repeat(7 * 1024 * 1024) }], 100)).to.equal(1);
  });
});

describe("backoffMs", () => {
  it("doubles up to its limit, reduced by at most a half", () => {
    fc.assert(
      fc.property(fc.nat(40), (failures) => {
        const full = Math.min(10_000, 100 * 2 ** failures);
        const wait = backoffMs(failures, { baseMs: 100, limitMs: 10_000 });
        expect(wait).to.be.within(full / 2, full);
      }),
    );
  });
});
