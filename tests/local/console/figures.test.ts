import { expect } from "chai";
import type { OrderItem } from "../../../domain/order";
import { EventLog } from "../../../local/console/eventLog";
import { pick } from "../../../local/console/load/load";
import { toFigures } from "../../../local/console/orders/orders";
import { Writes } from "../../../local/console/orders/writes";
import { Traffic } from "../../../local/console/traffic";

const [east, west] = ["us-east-1", "us-west-2"];

describe("Traffic", () => {
  it("summarizes a Region's requests of the last seconds", () => {
    const traffic = new Traffic(60_000);
    for (let index = 1; index <= 100; index++) traffic.add(east, index, index > 98 ? 502 : 200, 10_000 + index);
    traffic.add(west, 5, undefined, 10_050);
    expect(traffic.of(east, 5_000, 10_200)).to.deep.equal({ requests: 100, failed: 2, p50: 51, p95: 96 });
    expect(traffic.of(west, 5_000, 10_200)).to.deep.equal({ requests: 1, failed: 1, p50: 5, p95: 5 });
    expect(traffic.of(east, 5_000, 20_000).requests).to.equal(0);
  });

  it("forgets requests after its time", () => {
    const traffic = new Traffic(1_000);
    traffic.add(east, 1, 200, 0);
    traffic.add(east, 1, 200, 5_000);
    expect(traffic.of(east, 10_000, 5_000).requests).to.equal(1);
  });
});

describe("toFigures", () => {
  const item = (orderId: string, region: string, status: string, epoch: number, accepted = region) =>
    ({
      kind: "order",
      orderId,
      region,
      status,
      epoch,
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: `2026-01-01T00:00:0${epoch}.000Z`,
      history: [{ status: "PLACED", region: accepted, epoch: 1, at: "2026-01-01T00:00:00.000Z" }],
    }) as unknown as OrderItem;
  const createdAt = Date.UTC(2026, 0, 1);

  it("counts an order where it was accepted, and its age where it is worked on", () => {
    const taken = [item("a", east, "SUPERSEDED", 1), item("a", west, "PAID", 2, east)];
    const figures = toFigures([taken, [item("b", west, "DELIVERED", 1)]]);
    expect(figures.get(east)).to.deep.equal({ acceptedAt: [createdAt] });
    expect(figures.get(west)).to.deep.equal({ acceptedAt: [createdAt], oldestOpenAt: createdAt });
  });
});

describe("Writes", () => {
  const write = (eventId: string, orderId: string) => ({
    tableName: "orders",
    eventId,
    at: "2026-01-01T00:00:00.000Z",
    after: { orderId: { S: orderId }, version: { N: "1" } },
  });

  it("keeps a write once, though several readers report it", () => {
    const writes = new Writes();
    for (const region of [east, east, west]) writes.add(region, write("1", "o-1"));
    expect(writes.of("o-1").map(({ region, after }) => [region, after])).to.deep.equal([
      [east, { orderId: "o-1", version: 1 }],
      [west, { orderId: "o-1", version: 1 }],
    ]);
  });

  it("drops the oldest order at its limit", () => {
    const writes = new Writes(2);
    for (const orderId of ["a", "b", "c"]) writes.add(east, write("1", orderId));
    expect(["a", "b", "c"].map((orderId) => writes.of(orderId).length)).to.deep.equal([0, 1, 1]);
  });
});

describe("EventLog", () => {
  it("merges failures of Regions with its own events, newest first, and shows pending actions until they end", () => {
    const log = new EventLog(() => [{ at: "2000-01-01T00:00:00.000Z", what: "us-east-1 was killed" }]);
    log.add("a load started");
    const end = log.begin(east, "is returning");
    expect(log.read().events.map(({ what }) => what)).to.deep.equal(["a load started", "us-east-1 was killed"]);
    expect(log.read().pending).to.have.length(1);
    end();
    expect(log.read().pending).to.deep.equal([]);
  });
});

describe("pick", () => {
  it("follows the shares evenly", () => {
    const picked = Array.from({ length: 100 }, (_, index) => pick({ [east]: 3, [west]: 1 }, index));
    expect(picked.filter((region) => region === east).length).to.be.within(74, 76);
    expect(new Set(picked.slice(0, 5)).size).to.equal(2);
  });

  it("leaves out a Region without a share", () => {
    expect(Array.from({ length: 10 }, (_, index) => pick({ [east]: 0, [west]: 1 }, index))).to.not.include(east);
  });
});
