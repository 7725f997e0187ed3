import { expect } from "chai";
import sinon from "sinon";
import { type KnownRegions, RegionChoice } from "../../web/src/regionChoice";

const REGIONS = { storeRegions: ["us-east-1", "us-west-2"], home: "us-east-1" };
const WEST = "/regions/us-west-2/api/orders/health";
const HOME = "/api/orders/health";

describe("RegionChoice", () => {
  let clock: sinon.SinonFakeTimers;
  let working: Set<string>;
  let looks: string[];
  let kept: Map<string, string>;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    working = new Set([HOME, WEST]);
    looks = [];
    kept = new Map();
  });
  afterEach(() => clock.restore());

  const create = (regions: KnownRegions = REGIONS) =>
    new RegionChoice({
      works: async (path) => {
        looks.push(path);
        return working.has(path);
      },
      readRegions: async () => regions,
      storage: {
        getItem: (name) => kept.get(name) ?? null,
        setItem: (name, value) => void kept.set(name, value),
        removeItem: (name) => void kept.delete(name),
      },
    });

  it("calls the store's own address at home, and another Region by its path once home fails", async () => {
    const choice = create();
    expect(choice.pathOf("/api/orders")).to.equal("/api/orders");
    expect(await choice.leave(undefined)).to.equal(true);
    expect(choice.pathOf("/api/orders")).to.equal("/regions/us-west-2/api/orders");
    expect(looks).to.deep.equal([WEST]);
  });

  it("stays where it is if no other Region works, or the store has only one", async () => {
    working.clear();
    expect(await create().leave(undefined)).to.equal(false);
    expect(await create({ storeRegions: ["us-east-1"] }).leave(undefined)).to.equal(false);
    expect(await create({ storeRegions: [] }).leave(undefined)).to.equal(false);
    expect(create().away).to.equal(undefined);
  });

  it("tries each Region while home is only assumed", async () => {
    const assumed = create();
    working = new Set(["/regions/us-east-1/api/orders/health"]);
    expect(await assumed.leave(undefined)).to.equal(true);
    expect(looks).to.deep.equal([WEST, "/regions/us-east-1/api/orders/health"]);
  });

  it("moves once for calls that fail together, and not for a call that began before the move", async () => {
    const choice = create();
    expect(await Promise.all([choice.leave(undefined), choice.leave(undefined)])).to.deep.equal([true, true]);
    expect(await choice.leave(undefined)).to.equal(true);
    expect(looks).to.deep.equal([WEST]);
  });

  it("returns home after two good looks in a row", async () => {
    const choice = create();
    working.delete(HOME);
    await choice.leave(undefined);
    await clock.tickAsync(40_000);
    expect(choice.away).to.equal("us-west-2");
    working.add(HOME);
    looks.length = 0;
    await clock.tickAsync(30_000);
    expect(choice.away).to.equal(undefined);
    expect(looks).to.deep.equal([HOME, HOME]);
    await clock.tickAsync(600_000);
    expect(looks).to.have.length(2);
  });

  it("looks half as often after each return that fails soon, at least every five minutes", async () => {
    const choice = create();
    const looksUntilReturn: number[] = [];
    for (let times = 0; times < 8; times++) {
      await choice.leave(undefined);
      const leftAt = Date.now();
      while (choice.away !== undefined) await clock.tickAsync(1_000);
      looksUntilReturn.push(Date.now() - leftAt);
    }
    expect(looksUntilReturn[0]).to.be.within(15_000, 26_000);
    expect(looksUntilReturn[2]).to.be.within(60_000, 102_000);
    expect(looksUntilReturn[7]).to.be.within(450_000, 752_000);
    await clock.tickAsync(200_000);
    await choice.leave(undefined);
    const leftAt = Date.now();
    while (choice.away !== undefined) await clock.tickAsync(1_000);
    expect(Date.now() - leftAt).to.be.within(15_000, 26_000);
  });

  it("goes home at once if the other Region fails as well", async () => {
    const choice = create();
    await choice.leave(undefined);
    working.delete(WEST);
    expect(await choice.leave("us-west-2")).to.equal(true);
    expect(choice.pathOf("/api/orders")).to.equal("/api/orders");
  });

  it("stays away over a reload, and learns nothing about home from the other Region's settings", async () => {
    await create().leave(undefined);
    const reloaded = create();
    expect(reloaded.away).to.equal("us-west-2");
    reloaded.know({ storeRegions: ["us-west-2", "us-east-1"], home: "us-west-2" });
    await clock.tickAsync(30_000);
    expect(reloaded.away).to.equal(undefined);
    expect(kept.size).to.equal(0);
    await reloaded.leave(undefined);
    expect(looks.at(-1)).to.equal(WEST);
  });
});
