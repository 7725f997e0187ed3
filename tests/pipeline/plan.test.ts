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
  it("starts an ordinary release in the secondary", () => {
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
    it(`releases a change of a shared ${type} to the primary first`, () => {
      const release = plan([step("prod-east", "update", type, "shared")], []);
      expect(release).to.include({ kind: "shared", first: "prod-east", second: "prod-west" });
      expect(release.shared).to.have.length(1);
    });
  }

  for (const [what, type, own, shared] of [
    ["a table without replicas", "aws:dynamodb/table:Table", {}, { replicas: [{ regionName: "us-west-2" }] }],
    ["a key of one Region", "aws:kms/key:Key", { multiRegion: false }, { multiRegion: true }],
  ] as const) {
    it(`counts ${what} as the Region's own`, () => {
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

  it("refuses shared changes together with others", () => {
    expect(() => plan([table("prod-east"), lambda("prod-east")], [])).to.throw(
      Refused,
      /Release the shared changes by themselves first/,
    );
  });

  it("creates a new store from the primary on, with its shared resources", () => {
    const release = releaseOf({
      "prod-east": { steps: [table("prod-east", "create"), lambda("prod-east", "create")] },
      "prod-west": { steps: [lambda("prod-west", "create")] },
    });
    expect(release).to.include({ kind: "first", first: "prod-east" });
  });

  for (const op of ["delete", "replace", "create-replacement"]) {
    it(`refuses to ${op} resources that hold data`, () => {
      expect(() => plan([table("prod-east", op)], [])).to.throw(Refused, /would delete or replace.*orders-orders/);
    });
  }

  it("reports that nothing changes, and a missing preview", () => {
    expect(plan([], []).kind).to.equal("nothing");
    expect(() => releaseOf({ "prod-east": { steps: [] } })).to.throw(Refused, /preview of prod-west is missing/);
  });
});
