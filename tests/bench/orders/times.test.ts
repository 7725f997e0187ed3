import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { endOf, partsOf, timesIn } from "../../../bench/orders/times";
import { temporaryFolder } from "../../kit/temporaryFolder";

const json = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const submit = {
  function: "submit",
  ms: 40,
  processMs: 30,
  handlerMs: 25,
  waitedMs: { BatchGetItem: 8, TransactWriteItems: 12, Publish: 1 },
};
const authorizer = { function: "authorizer", ms: 10, processMs: 6, handlerMs: 2, waitedMs: {} };

describe("times of calls", () => {
  const folder = temporaryFolder("stayopen-times");

  it("are summed up by function and by action, between two positions of the file", () => {
    const file = join(folder, "times.jsonl");
    writeFileSync(file, json(authorizer));
    const from = endOf(file);
    appendFileSync(file, json(submit, submit, { action: "BatchGetItem", ms: 3 }, { action: "BatchGetItem", ms: 5 }));
    const to = endOf(file);
    appendFileSync(file, json(submit));
    expect(timesIn(file, from, to)).to.deep.equal({
      functions: {
        submit: {
          calls: 2,
          ms: 80,
          processMs: 60,
          handlerMs: 50,
          waitedMs: { BatchGetItem: 16, TransactWriteItems: 24, Publish: 2 },
        },
      },
      actions: { BatchGetItem: { calls: 2, ms: 8 } },
    });
    expect(timesIn(file, to).functions["submit"]?.calls).to.equal(1);
  });

  it("are divided into parts that add up to the total", () => {
    const times = (line: typeof submit | typeof authorizer) => ({ ...line, calls: 2 });
    const parts = partsOf(60, 2, times(authorizer), times(submit));
    expect(parts.answer).to.equal(parts.gateway + parts.authorizer + parts.submit);
    const { submitProcess, submitHandingOver, submitOwn, catalogueRead, transaction, otherCalls } = parts;
    expect([submitProcess, submitHandingOver, submitOwn, catalogueRead, transaction, otherCalls]).to.deep.equal([
      5, 2.5, 2, 4, 6, 0.5,
    ]);
    expect(parts.submit).to.equal(20);
  });
});
