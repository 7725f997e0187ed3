import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { costOf, gbSeconds, sumOf } from "../../../bench/cost/bill";
import type { Counted } from "../../../bench/cost/count";
import { type Metered, metered } from "../../../bench/cost/meter";
import { ASSUMED, PRICES } from "../../../local/aws/prices";
import { temporaryFolder } from "../../kit/temporaryFolder";

const json = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const call = { function: "ship", memoryMb: 512, ms: 80, processorMs: 10, cold: false, failed: false, logBytes: 600 };
const write = { table: "orders", action: "PutItem", read: 0, write: 4, index: 2, replicated: 2 };

describe("metered", () => {
  const folder = temporaryFolder("stayopen-bill");

  it("sums up the entries after the given position", async () => {
    const files = { meter: join(folder, "meter.jsonl"), accessLog: join(folder, "access.jsonl") };
    const earlier = json({ state: "Ship" });
    writeFileSync(files.meter, earlier + json(call, { ...call, cold: true }, write, write, { state: "Capture" }));
    writeFileSync(
      files.accessLog,
      json(
        { action: "sns:Publish", resource: "arn:aws:sns:us-east-1:1:changes", allowed: true },
        { action: "sns:Publish", resource: "*", allowed: true },
        { action: "kms:Decrypt", resource: "*", allowed: false },
        { action: "dynamodb:Query", resource: "arn:aws:dynamodb:us-east-1:1:table/orders-cards-1", allowed: true },
      ),
    );
    expect(await metered(files, { meter: earlier.length, accessLog: 0 })).to.deep.equal({
      functions: { ship: { calls: 2, failed: 0, cold: 1, memoryMb: 512, ms: 160, processorMs: 20, logBytes: 1_200 } },
      tables: { orders: { read: 0, write: 8, index: 4, replicated: 4 } },
      states: { Capture: 1 },
      calls: { "dynamodb:Query": 1, "sns:Publish": 1, "sns:Publish to a phone": 1 },
      tableCalls: { "orders-cards-1": 1 },
    });
  });
});

describe("costOf", () => {
  const nothing: Metered = { functions: {}, tables: {}, states: {}, calls: {}, tableCalls: {} };
  const counted: Counted = {
    ...nothing,
    orders: 10,
    seconds: 1,
    processor: { emulator: 0, functions: 0, driver: 0 },
    providerCalls: 0,
    itemBytes: 0,
    invoiceBytes: 0,
    tables: { orders: { read: 0, write: 40, index: 20, replicated: 20 } },
    states: { Authorize: 10, Ship: 10 },
    peer: { ...nothing, orders: 5, tables: { orders: { read: 25, write: 0, index: 0, replicated: 0 } } },
  };
  const line = (regions: 1 | 2, what: string) => costOf(counted, regions).find((one) => one.what.startsWith(what));

  it("counts write units once per Region, and those of indexes in both", () => {
    expect(line(2, "write units, indexes")?.perOrder).to.equal(6);
    expect(line(2, "write units of the replica")?.perOrder).to.equal(4);
    expect(line(1, "write units of the replica")).to.equal(undefined);
  });

  it("adds the peer Region's reads, with two Regions only", () => {
    expect(line(2, "read units")?.perOrder).to.equal(5);
    expect(line(1, "read units")?.perOrder).to.equal(0);
  });

  it("has calls on cards in the audit trail, and on orders those of the peer Region alone", () => {
    const tableCalls = { "orders-cards-1": 30, "orders-orders-1": 300, products: 10 };
    const busy = { ...counted, tableCalls, peer: { ...counted.peer, tableCalls: { "orders-orders-1": 25 } } };
    const events = (regions: 1 | 2) => costOf(busy, regions).find(({ what }) => what.endsWith("the audit trail"));
    expect(events(1)?.perOrder).to.equal(3);
    expect(events(2)?.perOrder).to.equal(8);
  });

  it("prices each line, and sums up the lines", () => {
    expect(line(1, "workflow transitions")).to.include({ perOrder: 2, usd: 2 * PRICES.transition });
    expect(sumOf(costOf(counted, 1))).to.be.closeTo(2 * PRICES.transition + 6 * PRICES.writeUnit, 1e-12);
  });

  it("bills processor time independently of memory, and waiting time by memory", () => {
    const use = { calls: 10, failed: 0, cold: 0, memoryMb: 512, ms: 9_999, processorMs: 1_000, logBytes: 0 };
    const busy = { ...counted, functions: { ship: use } };
    expect(gbSeconds(busy, 1)).to.be.closeTo((0.1 * ASSUMED.processorMb) / 1_024, 1e-9);
    const waiting = { ...busy, calls: { "dynamodb:Query": 10 } };
    expect(gbSeconds(waiting, 1) - gbSeconds(busy, 1)).to.be.closeTo((ASSUMED.awsCallMs / 1_000) * 0.5, 1e-9);
  });

  it("bills the wait for a provider by the memory of the steps' functions", () => {
    const use = { calls: 10, failed: 0, cold: 0, memoryMb: 256, ms: 0, processorMs: 0, logBytes: 0 };
    const functions = { authorize: use, ship: use, submit: { ...use, memoryMb: 1_024 } };
    const waiting = { ...counted, functions, calls: {}, providerCalls: 10 };
    expect(gbSeconds(waiting, 1)).to.be.closeTo((ASSUMED.providerCallMs / 1_000) * 0.25, 1e-9);
  });

  it("counts a webhook and its worker as one trace", () => {
    const use = { calls: 10, failed: 0, cold: 0, memoryMb: 256, ms: 0, processorMs: 0, logBytes: 0 };
    const traces = costOf({ ...counted, functions: { webhooks: use, ship: use } }, 1).find(({ what }) =>
      what.startsWith("traces"),
    );
    expect(traces?.perOrder).to.equal(0.05);
  });
});
