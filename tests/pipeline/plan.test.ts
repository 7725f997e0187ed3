import { expect } from "chai";
import { type PreviewStep, Refused, releaseOf } from "../../pipeline/plan";

const step = (stack: string, op: string, type: string, name: string): PreviewStep => ({
  op,
  urn: `urn:pulumi:${stack}::stayopen::stayopen:index:OrderService$${type}::${name}`,
});
const same = (stack: string) => step(stack, "same", "aws:sns/topic:Topic", "changes");
const lambda = (stack: string, op = "update") =>
  step(stack, op, "aws:lambda/function:Function", "orders-submit-function");
const table = (stack: string, op = "update") => step(stack, op, "aws:dynamodb/table:Table", "orders-orders");

function plan(east: PreviewStep[], west: PreviewStep[]) {
  return releaseOf({
    dev: { steps: [same("dev")] },
    "prod-east": { steps: [same("prod-east"), ...east] },
    "prod-west": { steps: [same("prod-west"), ...west] },
  });
}

describe("A release's plan", () => {
  it("tries an ordinary release in the secondary first, where fewer customers meet it", () => {
    expect(plan([lambda("prod-east")], [lambda("prod-west")])).to.deep.equal({
      kind: "ordinary",
      first: "prod-west",
      second: "prod-east",
      shared: [],
    });
  });

  for (const type of [
    "aws:dynamodb/table:Table",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  ]) {
    it(`brings a change of a shared ${type} to the primary first`, () => {
      const release = plan([step("prod-east", "update", type, "shared")], []);
      expect(release).to.include({ kind: "shared", first: "prod-east", second: "prod-west" });
      expect(release.shared).to.have.length(1);
    });
  }

  for (const [what, type, own, shared] of [
    ["a table without replicas", "aws:dynamodb/table:Table", {}, { replicas: [{ regionName: "us-west-2" }] }],
    ["a key of one Region", "aws:kms/key:Key", { multiRegion: false }, { multiRegion: true }],
  ] as const) {
    it(`takes ${what} for the Region's own, and for shared what reaches the other`, () => {
      const changed = (oldInputs: object | undefined, inputs: object): PreviewStep => ({
        ...step("prod-east", "update", type, "thing"),
        ...(oldInputs && { oldState: { inputs: { ...oldInputs } } }),
        newState: { inputs: { ...inputs } },
      });
      expect(plan([changed(own, own), lambda("prod-east")], []).kind).to.equal("ordinary");
      expect(plan([changed(undefined, own), lambda("prod-east")], []).kind).to.equal("ordinary");
      expect(plan([changed(own, shared)], []).kind).to.equal("shared");
      expect(plan([changed(shared, own)], []).kind).to.equal("shared");
    });
  }

  it("lets what is shared go by itself only", () => {
    expect(() => plan([table("prod-east"), lambda("prod-east")], [])).to.throw(Refused, /by themselves first/);
  });

  it("makes a store that does not exist yet from the primary on, shared parts and all", () => {
    const release = releaseOf({
      "prod-east": { steps: [table("prod-east", "create"), lambda("prod-east", "create")] },
      "prod-west": { steps: [lambda("prod-west", "create")] },
    });
    expect(release).to.include({ kind: "first", first: "prod-east" });
  });

  for (const op of ["delete", "replace", "create-replacement"]) {
    it(`refuses to ${op} what holds data`, () => {
      expect(() => plan([table("prod-east", op)], [])).to.throw(Refused, /would delete or replace.*orders-orders/);
    });
  }

  it("says so when nothing changes, and when a preview is missing", () => {
    expect(plan([], []).kind).to.equal("nothing");
    expect(() => releaseOf({ "prod-east": { steps: [] } })).to.throw(Refused, /no preview of prod-west/);
  });
});
