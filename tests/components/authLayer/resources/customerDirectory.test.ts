import { expect } from "chai";
import { register } from "../../../kit/authLayerStand";

describe("The directory of customers", () => {
  it("creates the directory and its key with replicas, protected", async () => {
    const { named } = await register({ replicaRegions: ["us-west-2"] });
    expect(named("Table", "auth-directory")).to.deep.include({
      hashKey: "person",
      rangeKey: "region",
      streamEnabled: true,
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true },
    });
    expect(named("Table", "auth-directory")["globalSecondaryIndexes"]).to.have.deep.members(
      ["customerId", "usedBy"].map((key) => ({
        name: key === "usedBy" ? "byUser" : "byCustomer",
        projectionType: "KEYS_ONLY",
        keySchemas: [
          { attributeName: key, keyType: "HASH" },
          { attributeName: "region", keyType: "RANGE" },
        ],
      })),
    );
    expect(named("Table", "auth-directory")["replicas"]).to.have.nested.property("[0].regionName", "us-west-2");
    expect(named("Key", "auth-addresses")).to.include({
      keyUsage: "GENERATE_VERIFY_MAC",
      customerMasterKeySpec: "HMAC_256",
      multiRegion: true,
    });
    expect(named("ReplicaKey", "auth-addresses-us-west-2")).to.include({
      region: "us-west-2",
      primaryKeyArn: "arn:auth-addresses",
    });
  });

  it("uses the primary's replicas", async () => {
    const existing = { table: { name: "customers", arn: "arn:customers" }, key: { arn: "arn:key" } };
    const { of, variables, granted } = await register({ existingDirectory: existing });
    expect([...of("Table"), ...of("Key"), ...of("ReplicaKey")]).to.deep.equal([]);
    expect(variables("auth-customer")).to.include({ DIRECTORY_TABLE: "customers", ADDRESS_KEY: "arn:key" });
    expect(granted("auth-customer").map(({ Resource }) => Resource)).to.deep.equal([["arn:customers"], ["arn:key"]]);
  });
});
