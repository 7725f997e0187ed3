import { expect } from "chai";
import fc from "fast-check";
import {
  detectReturn,
  drainEntry,
  FAILOVER_TIMINGS,
  heartbeatAgeSeconds,
  isDrained,
  type PeerObservation,
  peerState,
  takesOver,
  toRegionRecords,
} from "../../../domain/region";

const START = Date.parse("2026-11-22T12:00:00.000Z");
const later = (seconds: number) => new Date(START + seconds * 1000).toISOString();

const sight = (changes: Partial<PeerObservation> = {}): PeerObservation => ({
  heartbeat: { at: later(0) },
  failuresInARow: 0,
  peerDrained: false,
  selfDrained: false,
  now: later(5),
  ...changes,
});
const state = (changes: Partial<PeerObservation> = {}) => peerState(sight(changes), FAILOVER_TIMINGS);

describe("peerState", () => {
  it("counts a Region as lost only when its heartbeat is stale and its health fails", () => {
    expect(state()).to.equal("alive");
    expect(state({ now: later(60) })).to.equal("suspect");
    expect(state({ failuresInARow: 3 })).to.equal("suspect");
    expect(state({ now: later(60), failuresInARow: 2 })).to.equal("suspect");
    expect(state({ now: later(60), failuresInARow: 3 })).to.equal("lost");
  });

  it("never counts a Region as lost that has not joined yet", () => {
    expect(state({ heartbeat: undefined, failuresInARow: 99 })).to.equal("unknown");
  });

  it("takes an operator's word without any signal, and knows a drained Region that is lost", () => {
    expect(state({ peerDrained: true })).to.equal("drained");
    expect(state({ peerDrained: true, now: later(60), failuresInARow: 3 })).to.equal("lost");
  });

  it("counts a heartbeat from the future as old as it has been known here", () => {
    const ahead = { heartbeat: { at: later(3600) }, failuresInARow: 3 };
    expect(state({ ...ahead, now: later(60) })).to.equal("suspect");
    expect(state({ ...ahead, seenSince: later(0), now: later(60) })).to.equal("lost");
  });

  it("measures an age that is never negative and never shrinks as time goes by", () => {
    fc.assert(
      fc.property(fc.integer({ min: -500, max: 500 }), fc.nat(500), fc.nat(500), (written, now, wait) => {
        const age = (at: number) => heartbeatAgeSeconds({ heartbeat: { at: later(written) }, now: later(at) });
        expect(age(now)).to.be.at.least(0);
        expect(age(now + wait)).to.be.at.least(age(now));
      }),
    );
  });
});

describe("takesOver", () => {
  it("takes over from a Region that is lost or drained, and from no other", () => {
    expect(takesOver("lost", { selfDrained: false })).to.equal(true);
    expect(takesOver("drained", { selfDrained: false })).to.equal(true);
    for (const other of ["unknown", "alive", "suspect"] as const) {
      expect(takesOver(other, { selfDrained: false }), other).to.equal(false);
    }
  });

  it("keeps two drained Regions from taking the same orders from each other", () => {
    expect(takesOver("drained", { selfDrained: true })).to.equal(false);
    expect(takesOver("lost", { selfDrained: true })).to.equal(true);
  });
});

describe("isDrained", () => {
  it("believes nobody's word as little as an old one: the newest decides, whoever wrote it", () => {
    expect(isDrained([])).to.equal(false);
    const drained = { at: later(1), drained: true };
    const undrained = { at: later(2), drained: false };
    expect(isDrained([drained])).to.equal(true);
    expect(isDrained([drained, undrained])).to.equal(false);
    expect(isDrained([{ ...drained, at: later(3) }, undrained])).to.equal(true);
  });

  it("does not depend on the order of the items", () => {
    const word = fc.record({ at: fc.nat(3).map(later), drained: fc.boolean() });
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(isDrained(words)).to.equal(isDrained([...words].reverse()));
      }),
    );
  });

  it("drains in doubt", () => {
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

  it("owes nothing while the Region was never away", () => {
    expect(owed(10)).to.equal(undefined);
  });

  it("owes a sweep after minutes, and new indexes only after more than streams keep", () => {
    expect(owed(600)).to.deep.equal({ awaySince: later(0), backAt: later(600), rebuild: false });
    expect(owed(25 * 3600)?.rebuild).to.equal(true);
  });

  it("still owes what it could not do before it was away again", () => {
    const long = { awaySince: later(-90_000), backAt: later(0), rebuild: true };
    expect(owed(10, long)).to.equal(long);
    expect(owed(600, long)?.rebuild).to.equal(true);
  });

  it("catches up when it joins a store that works, and does not when it is the first", () => {
    expect(detectReturn(undefined, true, later(0), FAILOVER_TIMINGS)).to.deep.equal({
      backAt: later(0),
      rebuild: true,
    });
    expect(detectReturn(undefined, false, later(0), FAILOVER_TIMINGS)).to.equal(undefined);
  });
});

describe("toRegionRecords", () => {
  it("sorts a Region's items and leaves out kinds of a later release", () => {
    const base = { subject: "us-east-1", schema: 1, at: later(0) };
    const drain = { ...base, entry: drainEntry("us-west-2"), drained: true, by: "Ada" };
    const beat = { ...base, entry: "heartbeat", urls: {} };
    const book = toRegionRecords([beat, drain, { ...base, entry: "weather" } as { entry: string }]);
    expect(book.heartbeat).to.equal(beat);
    expect(book.drains).to.deep.equal([drain]);
    expect(book.issuer).to.equal(undefined);
  });
});
