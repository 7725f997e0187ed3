import { expect } from "chai";
import fc from "fast-check";
import type { Change } from "../../../../local/aws/replication/emulatorOutbox";
import { replicatedBy } from "../../../../local/aws/replication/replicated";
import { Transit } from "../../../../local/aws/replication/transit";

const change = (n: number, id: string, writtenAt = n): Change => {
  return { n, stamp: [writtenAt * 1000, "us-east-1"], table: "orders", key: [id, "one"] };
};

describe("Transit", () => {
  it("delivers a change when its lag since the write is over", () => {
    const transit = new Transit(0);
    transit.takeUp([change(1, "a", 1_000)], 1, 50);

    expect(transit.due(1_049, 10)).to.deep.equal([]);
    expect(transit.nextDue).to.equal(1_050);
    expect(transit.due(1_050, 10).map(({ n }) => n)).to.deep.equal([1]);
  });

  it("counts changes as arrived up to the first that has not", () => {
    const lags = [0.9, 0.1, 0.2];
    const transit = new Transit(4, () => lags.shift() ?? 0);
    transit.takeUp([change(5, "a"), change(6, "b"), change(9, "c")], 12, { min: 0, max: 1_000 });

    const first = transit.due(500, 10);
    expect(first.map(({ n }) => n)).to.deep.equal([6, 9]);
    transit.arrive(first);
    expect([transit.arrived, transit.size, transit.next]).to.deep.equal([4, 1, 12]);
    transit.arrive(transit.due(1_000, 10));
    expect([transit.arrived, transit.size]).to.deep.equal([12, 0]);
  });

  it("keeps changes of one item in order, for any lags and times of fetching", () => {
    const writes = fc.array(
      fc.record({ item: fc.integer({ min: 0, max: 3 }), lag: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(writes, fc.integer({ min: 1, max: 5 }), (written, page) => {
        const lags = written.map(({ lag }) => lag);
        const transit = new Transit(0, () => lags.shift() ?? 0);
        const changes = written.map(({ item }, index) => change(index + 1, String(item)));
        const arrived: Change[] = [];
        for (let now = 0; arrived.length < changes.length; now += 1) {
          const taken = changes.slice(transit.next, transit.next + page);
          transit.takeUp(taken, transit.next + taken.length, { min: 0, max: 40 });
          const due = transit.due(now, 2);
          transit.arrive(due);
          arrived.push(...due);
        }
        for (const item of ["0", "1", "2", "3"]) {
          const numbers = arrived.filter(({ key }) => key?.[0] === item).map(({ n }) => n);
          expect(numbers).to.deep.equal([...numbers].sort((a, b) => a - b));
        }
        expect(transit.arrived).to.equal(changes.length);
      }),
    );
  });
});

describe("replicatedBy", () => {
  const resource = (type: string, id: string, inputs: Record<string, unknown>) => {
    return { urn: id, type, name: id, id, inputs, outputs: {} };
  };
  const both = ["us-east-1", "us-west-2"];

  it("returns each table with a replica in one of the Regions, and no other table", () => {
    const resources = [
      resource("aws:dynamodb/table:Table", "orders", { name: "orders", replicas: [{ regionName: "us-west-2" }] }),
      resource("aws:dynamodb/table:Table", "local", { name: "local" }),
      resource("aws:dynamodb/table:Table", "far", { name: "far", replicas: [{ regionName: "eu-west-1" }] }),
    ];
    const { tables } = replicatedBy([{ region: "us-east-1", resources }], both);
    expect(tables).to.deep.equal({ orders: both });
  });

  it("returns each bucket that a replication rule of either stack names, with its Region", () => {
    const to = (bucket: string) => ({ rules: [{ destination: { bucket: `arn:aws:s3:::${bucket}` } }] });
    const east = [resource("aws:s3/bucket:Bucket", "assets-east", {}), resource("aws:s3/bucket:Bucket", "other", {})];
    const west = [
      resource("aws:s3/bucket:Bucket", "assets-west", {}),
      resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "out", to("assets-east")),
      resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "in", {
        region: "us-east-1",
        ...to("assets-west"),
      }),
    ];
    const { buckets } = replicatedBy(
      [
        { region: "us-east-1", resources: east },
        { region: "us-west-2", resources: west },
      ],
      both,
    );
    expect(buckets).to.deep.equal({ "assets-east": "us-east-1", "assets-west": "us-west-2" });
  });
});
