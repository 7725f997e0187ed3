import { expect } from "chai";
import { newMemory, type WatchDeps, watchPeer } from "../../../../components/regionalFailover/handlers/watch";
import {
  drainEntry,
  FAILOVER_TIMINGS,
  type HeartbeatItem,
  type RegionItem,
  type RegionRecords,
  type RegionUrls,
  type Return,
  toRegionRecords,
  verdictOf,
} from "../../../../domain/region";

const START = Date.parse("2026-11-22T12:00:00.000Z");
const urlsOf = (region: string): RegionUrls => ({
  health: `https://${region}.example.com/health`,
  orders: `https://orders-${region}.example.com`,
  catalogue: `https://catalogue-${region}.example.com`,
  config: `https://${region}.example.com`,
});

/** us-west-2's watch over us-east-1, with a clock that moves only when code waits. */
class World {
  now = START;
  readonly items: RegionItem[] = [];
  /** True while the peer writes heartbeats and they replicate. */
  peerBeats = true;
  peerHealthy = true;
  /** Of the peer's health route while anything answers there. */
  peerStatus = 200;
  probeTakesMs = 20;
  tablesWork = true;
  readonly takeovers: number[] = [];
  readonly returns: Return[] = [];
  notifyFails = 0;
  readonly counted: Record<string, number[]> = {};
  /** Events while the watch sleeps, by round. */
  readonly during = new Map<number, () => void>();
  rounds = 0;
  memory = newMemory();

  get watching(): WatchDeps {
    return {
      region: "us-west-2",
      peerRegion: "us-east-1",
      urls: urlsOf("us-west-2"),
      timings: FAILOVER_TIMINGS,
      store: {
        readRecords: async (region) => this.book(region),
        writeHeartbeat: async (heartbeat) => this.beat(heartbeat),
      },
      probe: async () => {
        this.now += this.probeTakesMs;
        const outcome = this.peerHealthy ? this.peerStatus : "no answer";
        return { verdict: verdictOf(outcome), said: String(outcome) };
      },
      takeOver: async () => {
        this.takeovers.push(this.seconds);
      },
      notifyReturn: async (returned) => {
        if (this.notifyFails-- > 0) throw new Error("no answer");
        this.returns.push(returned);
      },
      count: (values) => {
        for (const [metric, value] of Object.entries(values)) {
          this.counted[metric] = [...(this.counted[metric] ?? []), value];
        }
      },
      log: { info: () => {}, warn: () => {}, error: () => {} },
      clock: {
        now: () => this.now,
        sleep: async (ms) => {
          this.now += ms;
          this.rounds += 1;
          this.during.get(this.rounds)?.();
          if (this.peerBeats) this.peerBeat();
        },
      },
    };
  }

  get seconds(): number {
    return Math.round((this.now - START) / 1000);
  }

  get at(): string {
    return new Date(this.now).toISOString();
  }

  get own(): HeartbeatItem | undefined {
    return toRegionRecords(this.items.filter(({ subject }) => subject === "us-west-2")).heartbeat;
  }

  put(item: RegionItem): void {
    const index = this.items.findIndex(({ subject, entry }) => subject === item.subject && entry === item.entry);
    this.items.splice(index < 0 ? this.items.length : index, 1, item);
  }

  peerBeat(at = this.at): void {
    this.put({ subject: "us-east-1", entry: "heartbeat", schema: 1, at, urls: urlsOf("us-east-1") });
  }

  ownBeat(at: string): void {
    this.put({ subject: "us-west-2", entry: "heartbeat", schema: 1, at, urls: urlsOf("us-west-2") });
  }

  drain(subject: string, drained = true): void {
    this.put({ subject, entry: drainEntry("us-west-2"), schema: 1, drained, at: this.at, by: "Ada" });
  }

  kill(): void {
    this.peerBeats = false;
    this.peerHealthy = false;
  }

  /** Runs the watch as the schedule does, one run after the other, for a number of seconds. */
  async run(seconds: number): Promise<void> {
    const end = this.now + seconds * 1000;
    await watchPeer(this.watching, this.memory, () => end - this.now + 16_000);
  }

  private book(region: string): RegionRecords {
    if (!this.tablesWork) throw new Error("no answer");
    return toRegionRecords(this.items.filter(({ subject }) => subject === region));
  }

  private beat(heartbeat: HeartbeatItem): boolean {
    if (!this.tablesWork) throw new Error("no answer");
    if (this.own && this.own.at >= heartbeat.at) return false;
    this.put(heartbeat);
    return true;
  }
}

describe("The watch", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.peerBeat();
    world.ownBeat(new Date(START - 10_000).toISOString());
  });

  it("writes this Region's heartbeat and addresses each round", async () => {
    await world.run(30);
    expect(world.own).to.deep.include({ subject: "us-west-2", schema: 1, urls: urlsOf("us-west-2") });
    expect(world.counted["HeartbeatsWritten"]).to.deep.equal([1, 1, 1]);
    expect(Date.parse(world.own!.at)).to.be.within(START + 20_000, START + 30_000);
  });

  it("does not take over from a live peer", async () => {
    await world.run(300);
    expect(world.takeovers).to.deep.equal([]);
    expect(world.counted["PeerLost"]!.every((lost) => lost === 0)).to.equal(true);
  });

  it("takes over from a dead peer within a minute and a round, and again every minute while it is lost", async () => {
    world.kill();
    await world.run(240);
    expect(world.takeovers[0]).to.be.within(45, 70);
    expect(world.takeovers).to.have.length.within(3, 4);
    const gaps = world.takeovers.slice(1).map((at, index) => at - world.takeovers[index]!);
    expect(Math.min(...gaps)).to.be.at.least(60);
  });

  it("continues in another container, and detects a death between two runs no later", async () => {
    world.kill();
    await world.run(40);
    expect(world.takeovers).to.deep.equal([]);
    world.memory = newMemory();
    await world.run(40);
    expect(world.takeovers).to.have.length(1);
    expect(world.takeovers[0]).to.be.within(45, 60);
    // The next container does not start the same takeover again.
    world.memory = newMemory();
    await world.run(20);
    expect(world.takeovers).to.have.length(1);
  });

  it("counts failures and starts of takeovers over containers that each run for two rounds only", async () => {
    world.kill();
    // The takeover starts in a container's first round; one in its last round would be started again, which is harmless.
    for (const seconds of [10, 20, 20, 20, 20]) {
      world.memory = newMemory();
      await world.run(seconds);
    }
    expect(world.takeovers).to.have.length(1);
    expect(world.takeovers[0]).to.be.within(45, 60);
  });

  it("does not take over when only heartbeats are missing", async () => {
    world.peerBeats = false;
    await world.run(300);
    expect(world.takeovers).to.deep.equal([]);
  });

  it("does not take over when only the probe fails", async () => {
    world.peerHealthy = false;
    await world.run(300);
    expect(world.takeovers).to.deep.equal([]);
    expect(world.counted["PeerHealthFailing"]!.every((failing) => failing === 1)).to.equal(true);
  });

  for (const status of [403, 404, 429]) {
    it(`does not take over when replication is late and the probe returns ${status}`, async () => {
      world.peerBeats = false;
      world.peerStatus = status;
      await world.run(300);
      expect(world.takeovers).to.deep.equal([]);
      expect(world.counted["PeerHealthFailing"]!.every((failing) => failing === 0)).to.equal(true);
    });
  }

  it("does not restart the count when a probe between two failed ones is throttled", async () => {
    world.peerBeats = false;
    world.peerStatus = 503;
    world.during.set(3, () => {
      world.peerStatus = 429;
    });
    world.during.set(4, () => {
      world.peerStatus = 503;
    });
    await world.run(90);
    expect(world.takeovers[0]).to.be.within(45, 60);
  });

  it("stops when the peer returns, and does not take over the same orders again", async () => {
    world.kill();
    world.during.set(12, () => {
      world.peerBeats = true;
      world.peerHealthy = true;
    });
    await world.run(400);
    expect(world.takeovers.filter((at) => at > 130)).to.deep.equal([]);
    expect(world.takeovers).to.not.be.empty;
  });

  it("takes over a drained Region's orders at once, although it is alive", async () => {
    world.drain("us-east-1");
    await world.run(20);
    expect(world.takeovers).to.deep.equal([0]);
  });

  it("takes nothing over while its own Region is drained", async () => {
    world.drain("us-east-1");
    world.drain("us-west-2");
    await world.run(120);
    expect(world.takeovers).to.deep.equal([]);
  });

  it("draws no conclusion while its own table does not respond, and counts failed heartbeats", async () => {
    world.kill();
    world.tablesWork = false;
    await world.run(120);
    expect(world.takeovers).to.deep.equal([]);
    expect(world.counted["HeartbeatsFailed"]).to.have.length.greaterThan(3);
    expect(world.counted).to.not.have.property("HeartbeatsWritten");
  });

  it("draws no conclusion from a round in which it was frozen itself", async () => {
    // Frozen for an hour between the read of the table and the probe's response: the item is old, and the probe has timed out.
    world.peerHealthy = false;
    world.memory.failuresInARow = 2;
    world.probeTakesMs = 3_600_000;
    await watchPeer(world.watching, world.memory, () => (world.now > START ? 0 : 120_000));
    expect(world.takeovers).to.deep.equal([]);
    expect(world.memory.failuresInARow).to.equal(0);
  });

  it("restarts the count of failures after it was frozen between two rounds", async () => {
    world.kill();
    let frozen = false;
    world.during.set(2, () => {
      frozen = true;
      world.now += 3_600_000;
    });
    await watchPeer(world.watching, world.memory, () => (frozen && world.rounds > 3 ? 0 : 120_000));
    // Two failures before the freeze and two after it; a takeover needs three in a row.
    expect(world.takeovers).to.deep.equal([]);
    expect(world.memory.failuresInARow).to.equal(2);
  });

  it("does not accept a heartbeat from the future for ever", async () => {
    world.peerBeat(new Date(START + 24 * 3_600_000).toISOString());
    world.kill();
    await world.run(240);
    expect(world.takeovers).to.not.be.empty;
  });

  it("ends when the next run works, and continues while that is late", async () => {
    let runs = 0;
    const endless = () => 120_000;
    world.during.set(8, () => {
      runs += 1;
      world.ownBeat(new Date(world.now + 1).toISOString());
    });
    await watchPeer(world.watching, world.memory, endless);
    expect(runs).to.equal(1);
    expect(world.seconds).to.be.within(80, 100);
  });

  it("ends in time when there is no next run", async () => {
    await watchPeer(world.watching, world.memory, () => START + 120_000 - world.now);
    expect(world.seconds).to.be.within(90, 115);
  });

  it("never overwrites a heartbeat with an older one", async () => {
    const future = new Date(START + 60_000).toISOString();
    world.ownBeat(future);
    await world.run(20);
    expect(world.own?.at).to.equal(future);
  });

  describe("when a Region returns", () => {
    it("sweeps its orders once after an absence of minutes", async () => {
      world.ownBeat(new Date(START - 600_000).toISOString());
      await world.run(60);
      expect(world.returns).to.have.length(1);
      expect(world.returns[0]).to.include({ rebuild: false });
      expect(world.own?.owes).to.equal(undefined);
    });

    it("rebuilds its indexes after an absence longer than the streams' retention", async () => {
      world.ownBeat(new Date(START - 25 * 3_600_000).toISOString());
      await world.run(30);
      expect(world.returns).to.have.length(1);
      expect(world.returns[0]).to.include({ rebuild: true });
    });

    it("catches up when it joins a running store", async () => {
      world.items.splice(0, world.items.length);
      world.peerBeat();
      await world.run(30);
      expect(world.returns.map(({ rebuild }) => rebuild)).to.deep.equal([true]);
    });

    it("notifies no service as the store's first Region", async () => {
      world.items.splice(0, world.items.length);
      world.peerBeats = false;
      await world.run(30);
      expect(world.returns).to.deep.equal([]);
    });

    it("retries notifications until all succeed, also after a kill", async () => {
      world.ownBeat(new Date(START - 600_000).toISOString());
      world.notifyFails = 2;
      await world.run(20);
      expect(world.returns).to.deep.equal([]);
      expect(world.own?.owes).to.include({ rebuild: false });
      // Another container has an empty memory.
      world.memory = newMemory();
      await world.run(30);
      expect(world.returns).to.have.length(1);
    });
  });
});
