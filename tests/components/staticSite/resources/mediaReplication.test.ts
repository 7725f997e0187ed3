import { rmSync } from "node:fs";
import { expect } from "chai";
import type { StaticSiteArgs } from "../../../../components/staticSite";
import { DELIVERER, makeBuild, PEER, registerSite, type Statement } from "../../../kit/siteStand";

describe("Replication of media", () => {
  let build: string;
  before(() => {
    build = makeBuild();
  });
  after(() => rmSync(build, { recursive: true }));
  const register = (args: Omit<StaticSiteArgs, "build">) => registerSite({ build, ...args });

  it("replicates media both ways, deletions included, and nothing else", async () => {
    const { of } = await register({ existingDistribution: DELIVERER, mediaReplication: PEER });
    const configurations = of("BucketReplicationConfig").map(({ inputs }) => inputs as Record<string, unknown>);
    expect(configurations.map(({ region, bucket }) => ({ region, bucket }))).to.deep.equal([
      { region: undefined, bucket: "site-assets" },
      { region: "us-west-2", bucket: PEER.bucketName },
    ]);
    const rules = configurations.map(({ rules }) => (rules as Record<string, unknown>[])[0]!);
    expect(rules.map(({ destination }) => destination)).to.deep.equal([
      { bucket: `arn:aws:s3:::${PEER.bucketName}` },
      { bucket: "arn:site-assets" },
    ]);
    for (const rule of rules) {
      expect(rule).to.deep.include({
        status: "Enabled",
        filter: { prefix: "media/" },
        deleteMarkerReplication: { status: "Enabled" },
      });
    }
  });

  it("enables replication time control only on request", async () => {
    const { of } = await register({
      existingDistribution: DELIVERER,
      mediaReplication: { ...PEER, timeControl: true },
    });
    for (const { inputs } of of("BucketReplicationConfig")) {
      const [rule] = (inputs as Record<string, unknown>)["rules"] as { destination: object }[];
      expect(rule!.destination).to.deep.include({
        replicationTime: { status: "Enabled", time: { minutes: 15 } },
        metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
      });
    }
  });

  it("limits replication to the media of both buckets", async () => {
    const { one } = await register({ existingDistribution: DELIVERER, mediaReplication: PEER });
    const { Statement } = JSON.parse(one("RolePolicy")["policy"] as string) as { Statement: Statement[] };
    expect(Statement.map(({ Resource }) => Resource)).to.deep.equal([
      ["arn:site-assets", `arn:aws:s3:::${PEER.bucketName}`],
      ["arn:site-assets/media/*", `arn:aws:s3:::${PEER.bucketName}/media/*`],
    ]);
    expect(Statement[0]!.Action).to.have.members(["s3:GetReplicationConfiguration", "s3:ListBucket"]);
    expect(Statement[1]!.Action).to.have.members([
      "s3:GetObjectVersionForReplication",
      "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionTagging",
      "s3:ReplicateObject",
      "s3:ReplicateDelete",
      "s3:ReplicateTags",
    ]);
  });
});
