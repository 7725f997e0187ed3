import { expect } from "chai";
import { createReplicas } from "../../../components/infrastructure/replicas";

describe("createReplicas", () => {
  it("declares each Region, with its own protection and recovery", () => {
    const replicas = createReplicas(["us-west-2", "eu-west-1"], { protect: true, backups: false });
    expect(replicas?.map((replica) => (replica as { regionName: string }).regionName)).to.deep.equal([
      "us-west-2",
      "eu-west-1",
    ]);
    for (const replica of replicas ?? []) {
      expect(replica).to.include({
        consistencyMode: "EVENTUAL",
        deletionProtectionEnabled: true,
        pointInTimeRecovery: false,
        propagateTags: true,
      });
    }
  });

  it("is undefined without Regions, so that the table has no `replicas`", () => {
    expect(createReplicas(undefined, { protect: true, backups: true })).to.equal(undefined);
    expect(createReplicas([], { protect: true, backups: true })).to.equal(undefined);
  });
});
