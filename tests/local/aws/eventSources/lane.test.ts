import { expect } from "chai";
import type { QueuedRecord } from "../../../../local/aws/eventSources/batch";
import { type GivenUp, Lane } from "../../../../local/aws/eventSources/lane";
import type { StreamMapping } from "../../../../local/aws/eventSources/mapping";

const mapping: StreamMapping = {
  name: "m",
  streamArn: "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s",
  functionName: "f",
  functionArn: "f",
  functionTimeoutSeconds: 3,
  startingPosition: "TRIM_HORIZON",
  batchSize: 10,
  batchingWindowMs: 0,
  parallelizationFactor: 1,
  patterns: [],
  maximumRetryAttempts: -1,
  maximumRecordAgeSeconds: 60,
  bisects: false,
  reportsItemFailures: false,
};

describe("a lane of a shard", () => {
  it("gives up records older than the mapping's limit, and processes the newer ones of their batch", async () => {
    const stop = new AbortController();
    const givenUp: GivenUp[] = [];
    const done: string[] = [];
    const payloads: string[] = [];
    const finished = Promise.withResolvers<void>();
    const lane = new Lane(
      mapping,
      {
        invoke: async (payload) => {
          payloads.push(payload);
          return { payload: "null" };
        },
        giveUp: async (what) => {
          givenUp.push(what);
        },
        done: (records) => {
          done.push(...records.map((record) => record.sequenceNumber));
          if (done.length === 3) finished.resolve();
        },
        log: () => undefined,
      },
      { baseMs: 1, limitMs: 2 },
      stop.signal,
    );
    const record = (sequenceNumber: string, ageSeconds: number): QueuedRecord => ({
      sequenceNumber,
      createdAt: Date.now() - ageSeconds * 1000,
      json: JSON.stringify(sequenceNumber),
    });
    for (const one of [record("1", 120), record("2", 90), record("3", 1)]) lane.add(one);
    await finished.promise;
    stop.abort();
    await lane.stopped();
    expect(givenUp).to.have.length(1);
    expect(givenUp[0]).to.include({ condition: "RecordAgeExceeded", invocations: 0 });
    expect(done).to.deep.equal(["1", "2", "3"]);
    expect(payloads).to.deep.equal(['{"Records":["3"]}']);
  });
});
