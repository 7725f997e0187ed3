import { expect } from "chai";
import { describeRegions } from "../../../cli/regions/describe";
import {
  type Replicas,
  refuseClaimFromLiveRegion,
  refuseMoveFromLiveRegion,
  status,
  writeDrain,
} from "../../../cli/regions/operate";
import { type DrainItem, drainEntry, isDrained, type RegionItem, toRegionRecords } from "../../../domain/region";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const EAST = "us-east-1";
const WEST = "us-west-2";
const urls = { health: "h", orders: "o", catalogue: "c", config: "k" };
const timeOf = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString();
const beat = (subject: string, secondsAgo = 5): RegionItem => ({
  subject,
  entry: "heartbeat",
  schema: 1,
  at: timeOf(secondsAgo),
  urls,
});
const word = (subject: string, drained: boolean, secondsAgo: number, writer = WEST): DrainItem => ({
  subject,
  entry: drainEntry(writer),
  schema: 1,
  drained,
  at: timeOf(secondsAgo),
  by: "Ada",
});

/** Two replicas of the table. Without a link they do not replicate. */
function store(items: RegionItem[] = [beat(EAST), beat(WEST)], dead: string[] = []) {
  const tables = new Map([EAST, WEST].map((region) => [region, [...items]]));
  const replicas: Replicas = new Map(
    [...tables].map(([region, rows]) => {
      const answer = () => {
        if (dead.includes(region)) throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
        return rows;
      };
      return [
        region,
        {
          readRecords: async (subject: string) => toRegionRecords(answer().filter((item) => item.subject === subject)),
          writeDrain: async (item: DrainItem) => {
            const index = answer().findIndex(({ subject, entry }) => subject === item.subject && entry === item.entry);
            if (index >= 0 && (rows[index] as DrainItem).at >= item.at) return false;
            rows.splice(index < 0 ? rows.length : index, 1, item);
            return true;
          },
        },
      ];
    }),
  );
  const drains = (region: string, subject: string) =>
    toRegionRecords(tables.get(region)!.filter((item) => item.subject === subject)).drains;
  return { replicas, drains };
}

const now = () => NOW;

async function refusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It was not refused.");
}

describe("refuseClaimFromLiveRegion", () => {
  it("refuses the stock of a Region that has a heartbeat, drained or not", async () => {
    const { replicas } = store([beat(EAST), beat(WEST), word(EAST, true, 60)]);
    expect(await refusal(refuseClaimFromLiveRegion(EAST, WEST, replicas, now))).to.equal(
      "us-east-1 is alive and sends its units by itself. Claim the stock of a lost Region only, or give --force.",
    );
  });

  it("allows the stock of a Region without a heartbeat", async () => {
    const { replicas } = store([beat(EAST, 600), beat(WEST)]);
    await refuseClaimFromLiveRegion(EAST, WEST, replicas, now);
  });
});

describe("writeDrain", () => {
  it("writes the item in the peer Region, under that Region's key", async () => {
    const { replicas, drains } = store();
    const said = await writeDrain({ region: EAST, drained: true, by: "Ada" }, replicas, now);
    expect(said.writtenIn).to.equal(WEST);
    expect(drains(WEST, EAST)).to.deep.equal([
      { subject: EAST, entry: "drain#us-west-2", schema: 1, drained: true, at: timeOf(0), by: "Ada" },
    ]);
    expect(drains(EAST, EAST)).to.deep.equal([]);
  });

  it("works while the drained Region is dead", async () => {
    const { replicas } = store(undefined, [EAST]);
    expect((await writeDrain({ region: EAST, drained: true, by: "Ada" }, replicas, now)).writtenIn).to.equal(WEST);
  });

  it("works in the drained Region while the peer is dead, if forced", async () => {
    const { replicas } = store([beat(EAST), beat(WEST, 600)], [WEST]);
    const said = await writeDrain({ region: EAST, drained: true, by: "Ada", force: true }, replicas, now);
    expect(said.writtenIn).to.equal(EAST);
  });

  it("writes in the given Region", async () => {
    const { replicas } = store();
    expect(
      (await writeDrain({ region: EAST, drained: true, by: "Ada", from: EAST }, replicas, now)).writtenIn,
    ).to.equal(EAST);
  });

  it("is newer than items of a writer whose clock is ahead", async () => {
    const { replicas, drains } = store([beat(EAST), beat(WEST), word(EAST, true, -3_600, EAST)]);
    await writeDrain({ region: EAST, drained: false, by: "Bob" }, replicas, now);
    expect(isDrained(drains(WEST, EAST))).to.equal(false);
  });

  it("refuses to drain the last Region in traffic, unless forced", async () => {
    for (const items of [
      [beat(EAST), beat(WEST), word(WEST, true, 60)],
      [beat(EAST), beat(WEST, 600)],
    ]) {
      const { replicas } = store(items);
      expect(await refusal(writeDrain({ region: EAST, drained: true, by: "Ada" }, replicas, now))).to.match(
        /us-west-2 cannot take the traffic/,
      );
      await writeDrain({ region: EAST, drained: true, by: "Ada", force: true }, replicas, now);
    }
  });

  it("reports in one sentence that no Region answers, and an unknown Region", async () => {
    const silent = store(undefined, [EAST, WEST]);
    expect(await refusal(writeDrain({ region: EAST, drained: true, by: "Ada" }, silent.replicas, now))).to.equal(
      "No Region's table answers (us-west-2: ECONNREFUSED; us-east-1: ECONNREFUSED).",
    );
    const { replicas } = store();
    expect(await refusal(writeDrain({ region: "us-east-9", drained: true, by: "Ada" }, replicas, now))).to.equal(
      '"us-east-9" is no Region of this store. Its Regions are us-east-1 and us-west-2.',
    );
  });
});

describe("status", () => {
  it("returns the state as each Region sees it, and reports one that does not answer", async () => {
    const { replicas } = store([beat(EAST, 300), beat(WEST), word(EAST, true, 60)], [EAST]);
    expect(describeRegions(await status(replicas, now))).to.equal(
      [
        "Seen from us-east-1: no answer (ECONNREFUSED).",
        "Seen from us-west-2:",
        "  us-east-1  heartbeat 5 min ago, drained by Ada at 2026-11-22T11:59:00.000Z in us-west-2",
        "  us-west-2  heartbeat 5 s ago, not drained",
      ].join("\n"),
    );
  });

  it("reports a Region that has never joined", async () => {
    const { replicas } = store([beat(EAST)]);
    expect(describeRegions(await status(replicas, now))).to.contain("us-west-2  never joined, not drained");
  });
});

describe("refuseMoveFromLiveRegion", () => {
  it("refuses while the home Region is alive, and allows the move once it is silent or drained", async () => {
    const move = (items: RegionItem[]) => refuseMoveFromLiveRegion(EAST, WEST, store(items).replicas, now);
    expect(await refusal(move([beat(EAST), beat(WEST)]))).to.match(/us-east-1 is alive .* Drain it first/);
    await move([beat(EAST, 600), beat(WEST)]);
    await move([beat(EAST), beat(WEST), word(EAST, true, 60)]);
  });
});
