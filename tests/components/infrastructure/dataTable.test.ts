import { expect } from "chai";
import { createDataTable, type DataTableArgs, type DataTableShape } from "../../../components/infrastructure/dataTable";
import { registerResources } from "../../kit/registeredResources";

describe("createDataTable", () => {
  const register = async (shape: Partial<DataTableShape>, args: DataTableArgs = {}, transform = {}) => {
    const { only } = await registerResources((parent) => {
      createDataTable("coupons", { hashKey: "coupon", ...shape }, args, transform, parent);
    });
    return only("Table");
  };
  const stream = { streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" };

  it("protects the data, encrypts it and keeps its history by default", async () => {
    expect(await register({ rangeKey: "region" })).to.deep.include({
      billingMode: "PAY_PER_REQUEST",
      attributes: [
        { name: "coupon", type: "S" },
        { name: "region", type: "S" },
      ],
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      ...stream,
    });
  });

  it("protects and backs up every replica as the table itself", async () => {
    const [replica] = (await register({ backups: false }, { replicaRegions: ["us-west-2"] }))["replicas"] as object[];
    expect(replica).to.deep.include({
      regionName: "us-west-2",
      deletionProtectionEnabled: true,
      pointInTimeRecovery: false,
    });
  });

  it("has no history and no protection when the data is not to be protected", async () => {
    expect(await register({}, { protectData: false })).to.deep.include({
      deletionProtectionEnabled: false,
      pointInTimeRecovery: { enabled: false },
    });
  });

  it("has a stream that only replication reads with replicas only", async () => {
    expect(await register({ stream: "replicated" })).not.to.have.any.keys(stream);
    expect(await register({ stream: "replicated" }, { replicaRegions: ["us-west-2"] })).to.deep.include(stream);
  });

  it("declares the keys of its indexes", async () => {
    const table = await register({ indexes: [{ name: "byOwner", hashKey: "owner", rangeKey: "madeAt" }] });
    expect(table["attributes"]).to.deep.equal(["coupon", "owner", "madeAt"].map((name) => ({ name, type: "S" })));
    expect(table["globalSecondaryIndexes"]).to.deep.equal([
      {
        name: "byOwner",
        projectionType: "KEYS_ONLY",
        keySchemas: [
          { attributeName: "owner", keyType: "HASH" },
          { attributeName: "madeAt", keyType: "RANGE" },
        ],
      },
    ]);
  });

  it("gives the caller's overrides the last word", async () => {
    expect(await register({}, {}, { billingMode: "PROVISIONED" })).to.deep.include({ billingMode: "PROVISIONED" });
  });
});
