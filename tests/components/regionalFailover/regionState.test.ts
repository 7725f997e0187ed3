import "../../../disablePromiseTraces";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { RegionState, type RegionStateArgs } from "../../../components/regionalFailover";
import { expectRefusal } from "../../kit/refusals";

/** Registers a RegionState with mocked outputs. */
async function register(args: RegionStateArgs) {
  const tables: Record<string, unknown>[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      if (type === "aws:dynamodb/table:Table") tables.push(inputs);
      return { id: name, state: { name, arn: `arn:${name}`, ...inputs } };
    },
    call: ({ inputs }) => inputs,
  });
  let table: { tableName: string; tableArn: string } | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    const state = new RegionState("regions", args);
    table = await new Promise((resolve) => pulumi.output(state.table).apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  return { tables, table };
}

describe("RegionState", () => {
  it("protects and backs up the table and each of its replicas", async () => {
    const { tables } = await register({ replicaRegions: ["us-west-2"] });
    expect(tables).to.have.length(1);
    expect(tables[0]).to.deep.include({
      billingMode: "PAY_PER_REQUEST",
      deletionProtectionEnabled: true,
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
    });
    expect(tables[0]!["replicas"]).to.deep.equal([
      {
        regionName: "us-west-2",
        consistencyMode: "EVENTUAL",
        deletionProtectionEnabled: true,
        pointInTimeRecovery: true,
        propagateTags: true,
      },
    ]);
  });

  it("creates a table without replicas in a single Region", async () => {
    const { tables } = await register({ protectData: false });
    expect(tables[0]).to.not.have.property("replicas");
    expect(tables[0]).to.deep.include({ deletionProtectionEnabled: false });
  });

  it("creates nothing with an existing table", async () => {
    const { tables, table } = await register({ existingTable: { name: "regions-1", arn: "arn:regions-1" } });
    expect(tables).to.have.length(0);
    expect(table).to.deep.equal({ tableName: "regions-1", tableArn: "arn:regions-1" });
  });

  it("refuses replicas of a table that another stack owns", () =>
    expectRefusal(
      "RegionState",
      () => new RegionState("regions", { existingTable: { name: "t", arn: "a" }, replicaRegions: ["us-west-2"] }),
      /`existingTable` and `replicaRegions` are given; give at most one/,
    ));
});
