import { expect } from "chai";
import { Circuit, type Entry } from "../../../../../components/orderService/handlers/notifications/circuit";
import { FAILURES_BEFORE_PAUSE, PROBE_SECONDS } from "../../../../../domain/order";
import { oneItem } from "../../../../kit/oneItem";

const START = Date.UTC(2026, 0, 1);

function stand() {
  const { table, client } = oneItem();
  const circuit = new Circuit(client, "orders", "webhook-erp", "us-east-1");
  const fail = async (now: number) => circuit.failed((await circuit.enter(now)) as Entry & { kind: "open" }, now);
  /** Fails until the channel pauses, and returns the seconds of the pause. */
  const pause = async (): Promise<number> => {
    for (let failure = 1; failure < FAILURES_BEFORE_PAUSE; failure++) expect(await fail(START)).to.equal(undefined);
    return (await fail(START))!;
  };
  return { table, circuit, fail, pause };
}

describe("Circuit", () => {
  it("pauses after several failures, and names the seconds that are left", async () => {
    const { circuit, pause } = stand();
    const seconds = await pause();
    expect(seconds).to.be.within(45, 75);
    expect(await circuit.enter(START)).to.deep.equal({ kind: "paused", seconds: Math.ceil(seconds) });
    const almost = START + seconds * 1_000 - 500;
    expect(await circuit.enter(almost)).to.deep.equal({ kind: "paused", seconds: 1 });
  });

  it("lets one of several probe after the pause, and another one if its result never comes", async () => {
    const { circuit, pause } = stand();
    const after = START + (await pause()) * 1_000 + 1;
    const entries = await Promise.all([1, 2, 3].map(() => circuit.enter(after)));
    expect(entries.map(({ kind }) => kind).sort()).to.deep.equal(["open", "paused", "paused"]);
    expect(entries.find(({ kind }) => kind === "paused")).to.deep.equal({ kind: "paused", seconds: PROBE_SECONDS });
    expect((await circuit.enter(after + PROBE_SECONDS * 1_000)).kind).to.equal("open");
  });

  it("pauses longer after a probe that failed, and forgets all after one that succeeded", async () => {
    const { table, circuit, fail, pause } = stand();
    const first = await pause();
    const second = await fail(START + first * 1_000 + 1);
    expect(second).to.be.within(90, 150);
    const probe = await circuit.enter(START + (first + second!) * 1_000 + 2);
    await circuit.succeeded(probe as Entry & { kind: "open" });
    expect(table.item).to.equal(undefined);
  });

  it("begins one pause when several deliveries fail at the same time", async () => {
    const { table, circuit } = stand();
    const entries = await Promise.all(Array.from({ length: 20 }, () => circuit.enter(START)));
    const begun = await Promise.all(entries.map((entry) => circuit.failed(entry as Entry & { kind: "open" }, START)));
    expect(begun.filter((seconds) => seconds !== undefined)).to.have.length(1);
    expect(table.item).to.include({ failures: 20, pauses: 1 });
  });

  it("writes nothing while deliveries succeed", async () => {
    const { table, circuit } = stand();
    await circuit.succeeded((await circuit.enter(START)) as Entry & { kind: "open" });
    expect(table.writes).to.equal(0);
  });
});
