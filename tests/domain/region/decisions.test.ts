import { expect } from "chai";
import fc from "fast-check";
import {
  detectReturn,
  drainEntry,
  FAILOVER_TIMINGS,
  heartbeatAgeSeconds,
  isDrained,
  judgePeer,
  type PeerObservation,
  shouldTakeOver,
  toRegionRecords,
} from "../../../domain/region";

const START = Date.parse("2026-11-22T12:00:00.000Z");
const later = (seconds: number) => new Date(START + seconds * 1000).toISOString();

const observation = (changes: Partial<PeerObservation> = {}): PeerObservation => ({
  heartbeat: { at: later(0) },
  failuresInARow: 0,
  peerDrained: false,
  selfDrained: false,
  now: later(5),
  ...changes,
});
const state = (changes: Partial<PeerObservation> = {}) => judgePeer(observation(changes), FAILOVER_TIMINGS);

describe("judgePeer", () => {
  it("considers a Region lost only if its heartbeat is stale and its health fails", () => {
    expect(state()).to.equal("alive");
    expect(state({ now: later(60) })).to.equal("suspect");
    expect(state({ failuresInARow: 3 })).to.equal("suspect");
    expect(state({ now: later(60), failuresInARow: 2 })).to.equal("suspect");
    expect(state({ now: later(60), failuresInARow: 3 })).to.equal("lost");
  });

  it("never considers a Region lost before it has joined", () => {
    expect(state({ heartbeat: undefined, failuresInARow: 99 })).to.equal("unknown");
  });

  it("considers a Region drained by an operator's decision alone, and lost if the signals show it", () => {
    expect(state({ peerDrained: true })).to.equal("drained");
    expect(state({ peerDrained: true, now: later(60), failuresInARow: 3 })).to.equal("lost");
  });

  it("ages a heartbeat with a future time from its first observation", () => {
    const ahead = { heartbeat: { at: later(3600) }, failuresInARow: 3 };
    expect(state({ ...ahead, now: later(60) })).to.equal("suspect");
    expect(state({ ...ahead, seenSince: later(0), now: later(60) })).to.equal("lost");
  });

  it("measures an age that is never negative and never decreases", () => {
    fc.assert(
      fc.property(fc.integer({ min: -500, max: 500 }), fc.nat(500), fc.nat(500), (written, now, wait) => {
        const age = (at: number) => heartbeatAgeSeconds({ heartbeat: { at: later(written) }, now: later(at) });
        expect(age(now)).to.be.at.least(0);
        expect(age(now + wait)).to.be.at.least(age(now));
      }),
    );
  });
});

describe("shouldTakeOver", () => {
  it("returns true only for a Region that is lost or drained", () => {
    expect(shouldTakeOver("lost", { selfDrained: false })).to.equal(true);
    expect(shouldTakeOver("drained", { selfDrained: false })).to.equal(true);
    for (const other of ["unknown", "alive", "suspect"] as const) {
      expect(shouldTakeOver(other, { selfDrained: false }), other).to.equal(false);
    }
  });

  it("prevents two drained Regions from taking orders from each other", () => {
    expect(shouldTakeOver("drained", { selfDrained: true })).to.equal(false);
    expect(shouldTakeOver("lost", { selfDrained: true })).to.equal(true);
  });
});

describe("isDrained", () => {
  it("follows the newest item, and returns false without items", () => {
    expect(isDrained([])).to.equal(false);
    const drained = { at: later(1), drained: true };
    const undrained = { at: later(2), drained: false };
    expect(isDrained([drained])).to.equal(true);
    expect(isDrained([drained, undrained])).to.equal(false);
    expect(isDrained([{ ...drained, at: later(3) }, undrained])).to.equal(true);
  });

  it("does not depend on the order of the items", () => {
    const decision = fc.record({ at: fc.nat(3).map(later), drained: fc.boolean() });
    fc.assert(
      fc.property(fc.array(decision), (decisions) => {
        expect(isDrained(decisions)).to.equal(isDrained([...decisions].reverse()));
      }),
    );
  });

  it("returns true if contradicting items have the same time", () => {
    expect(
      isDrained([
        { at: later(1), drained: true },
        { at: later(1), drained: false },
      ]),
    ).to.equal(true);
  });
});

describe("detectReturn", () => {
  const owed = (awaySeconds: number, owes?: ReturnType<typeof detectReturn>) =>
    detectReturn({ at: later(0), owes }, true, later(awaySeconds), FAILOVER_TIMINGS);

  it("detects nothing while the heartbeat is recent", () => {
    expect(owed(10)).to.equal(undefined);
  });

  it("detects a return after minutes, and requires a rebuild only after more than streams retain", () => {
    expect(owed(600)).to.deep.equal({ awaySince: later(0), backAt: later(600), rebuild: false });
    expect(owed(25 * 3600)?.rebuild).to.equal(true);
  });

  it("keeps an unhandled return, and its rebuild through a later absence", () => {
    const long = { awaySince: later(-90_000), backAt: later(0), rebuild: true };
    expect(owed(10, long)).to.equal(long);
    expect(owed(600, long)?.rebuild).to.equal(true);
  });

  it("requires a rebuild from a Region that joins a running store, and nothing from the first Region", () => {
    expect(detectReturn(undefined, true, later(0), FAILOVER_TIMINGS)).to.deep.equal({
      backAt: later(0),
      rebuild: true,
    });
    expect(detectReturn(undefined, false, later(0), FAILOVER_TIMINGS)).to.equal(undefined);
  });
});

describe("toRegionRecords", () => {
  it("groups a Region's items and omits kinds of a later release", () => {
    const base = { subject: "us-east-1", schema: 1, at: later(0) };
    const drain = { ...base, entry: drainEntry("us-west-2"), drained: true, by: "Ada" };
    const beat = { ...base, entry: "heartbeat", urls: {} };
    const book = toRegionRecords([beat, drain, { ...base, entry: "weather" } as { entry: string }]);
    expect(book.heartbeat).to.equal(beat);
    expect(book.drains).to.deep.equal([drain]);
    expect(book.issuer).to.equal(undefined);
  });
});
