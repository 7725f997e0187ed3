import { rmSync } from "node:fs";
import { expect } from "chai";
import { StaticSite, type StaticSiteArgs } from "../../../components/staticSite";
import { expectRefusal } from "../../kit/refusals";
import { makeBuild, registerSite } from "../../kit/siteStand";

const PEER = { bucketName: "assets-123456789012-us-west-2-an", region: "us-west-2" };
const DELIVERER = {
  distributionArn: "arn:aws:cloudfront::123456789012:distribution/E1",
  siteUrl: "https://www.example.com",
};

interface Origin {
  originId: string;
  domainName: string;
  originPath?: string;
  originAccessControlId: string;
  connectionAttempts?: number;
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: object;
}

describe("StaticSite in two Regions", () => {
  let build: string;

  before(() => {
    build = makeBuild();
  });

  after(() => rmSync(build, { recursive: true }));

  const register = (args: Omit<StaticSiteArgs, "build">) => registerSite({ build, ...args });

  describe("the first", () => {
    it("delivers pages and media from the other Region's bucket when its own fails", async () => {
      const { distribution, behavior } = await register({ peerBucket: PEER });
      const { originGroups } = distribution() as unknown as { originGroups: object[] };
      expect(originGroups).to.deep.equal(
        ["site", "media"].map((originId) => ({
          originId: `${originId}-either`,
          failoverCriteria: { statusCodes: [500, 502, 503, 504] },
          members: [{ originId }, { originId: `${originId}-peer` }],
        })),
      );
      expect(distribution().defaultCacheBehavior.targetOriginId).to.equal("site-either");
      expect(behavior("/media/*").targetOriginId).to.equal("media-either");
      const origins = distribution().origins as Origin[];
      expect(origins.find(({ originId }) => originId === "site-peer")).to.include({
        domainName: "assets-123456789012-us-west-2-an.s3.us-west-2.amazonaws.com",
        originPath: "/site",
        originAccessControlId: "site-assets-id",
        connectionAttempts: 2,
        connectionTimeout: 3,
      });
    });

    it("uses origin groups only in behaviors that read", async () => {
      const { distribution } = await register({
        peerBucket: PEER,
        apis: { "/api/orders*": { url: "https://a.example" } },
      });
      const { originGroups, defaultCacheBehavior, orderedCacheBehaviors } = distribution() as ReturnType<
        typeof distribution
      > & { originGroups: { originId: string }[] };
      const groups = originGroups.map(({ originId }) => originId);
      const failingOver = [defaultCacheBehavior, ...orderedCacheBehaviors].filter(({ targetOriginId }) =>
        groups.includes(targetOriginId),
      );
      expect(failingOver).to.have.length(2);
      for (const { allowedMethods } of failingOver) expect(allowedMethods).to.deep.equal(["GET", "HEAD"]);
    });

    it("serves the page for any path that is not a file", async () => {
      const { distribution } = await register({ peerBucket: PEER });
      expect(distribution().defaultCacheBehavior.functionAssociations).to.deep.equal([
        { eventType: "viewer-request", functionArn: "arn:site-pages" },
      ]);
    });

    it("creates a reserved bucket name in the account's own namespace", async () => {
      const { one } = await register({ bucketName: "assets-123456789012-us-east-1-an" });
      expect(one("Bucket")).to.include({ bucketNamespace: "account-regional" });
      expect((await register({ bucketName: "assets" })).one("Bucket")).not.to.have.property("bucketNamespace");
    });
  });

  describe("the second", () => {
    it("has its own build and no distribution", async () => {
      const { of, object, url } = await register({ existingDistribution: DELIVERER });
      expect(object("site/index.html")).to.include({ cacheControl: "no-cache" });
      for (const type of ["Distribution", "Function", "OriginAccessControl", "ResponseHeadersPolicy"]) {
        expect(of(type), type).to.deep.equal([]);
      }
      expect(url).to.equal("https://www.example.com");
    });

    it("allows the first one's distribution to read", async () => {
      const { one } = await register({ existingDistribution: DELIVERER });
      const { Statement } = JSON.parse(one("BucketPolicy")["policy"] as string) as { Statement: Statement[] };
      const conditions = Statement.filter(({ Effect }) => Effect === "Allow").map(({ Condition }) => Condition);
      const fromThere = { StringEquals: { "AWS:SourceArn": DELIVERER.distributionArn } };
      expect(conditions).to.deep.equal([fromThere, fromThere]);
    });

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

    it("refuses arguments of a distribution", async () => {
      const args = { build, existingDistribution: DELIVERER, apis: { "/api/orders*": { url: "https://a.example" } } };
      await expectRefusal(
        "StaticSite",
        () => new StaticSite("site", args),
        /`apis` is given; it must be left out beside `existingDistribution`/,
      );
    });
  });
});
