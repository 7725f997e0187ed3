import { expect } from "chai";
import { AuditTrail, type AuditTrailArgs } from "../../../components/auditTrail";
import { mocked, type Registered } from "../../kit/observabilityStand";
import { expectRefusal } from "../../kit/refusals";

async function register(args: Partial<AuditTrailArgs> = {}) {
  const registered: Registered[] = [];
  await mocked(registered, () => {
    new AuditTrail("audit", { region: "us-east-1", ...args });
  });
  return (type: string) => {
    const found = registered.filter((resource) => resource.type.endsWith(`:${type}`));
    expect(found, type).to.have.length(1);
    return found[0]!.inputs;
  };
}

const table = (region: string, name: string) => `arn:aws:dynamodb:${region}:123456789012:table/${name}`;

describe("AuditTrail", function () {
  this.timeout(120_000);

  it("creates one validated trail of all Regions, into a bucket whose objects are locked for a year", async () => {
    const of = await register();
    expect(of("Trail")).to.deep.include({
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      name: "store-prod-east-audit",
      s3BucketName: of("Bucket")["bucket"],
    });
    expect(of("Bucket")).to.include({ objectLockEnabled: true });
    expect(of("BucketObjectLockConfiguration")["rule"]).to.deep.equal({
      defaultRetention: { mode: "GOVERNANCE", days: 365 },
    });
    const [rule] = of("BucketLifecycleConfiguration")["rules"] as { expiration: object }[];
    expect(rule?.expiration).to.deep.equal({ days: 400 });
  });

  it("records management events, and reads and writes of the tables in each of their Regions", async () => {
    const management = { name: "management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] };
    expect((await register())("Trail")["advancedEventSelectors"]).to.deep.equal([management]);

    const of = await register({
      tables: { cards: table("us-east-1", "cards"), orders: table("us-east-1", "orders") },
      replicaRegions: ["us-west-2"],
    });
    expect(of("Trail")["advancedEventSelectors"]).to.deep.equal([
      management,
      {
        name: "tables",
        fieldSelectors: [
          { field: "eventCategory", equals: ["Data"] },
          { field: "resources.type", equals: ["AWS::DynamoDB::Table"] },
          {
            field: "resources.ARN",
            equals: ["cards", "orders"].flatMap((name) => [table("us-east-1", name), table("us-west-2", name)]),
          },
        ],
      },
    ]);
  });

  it("records all but the ordinary calls of named roles on a busy table, in each of its Regions", async () => {
    const of = await register({
      tables: { orders: { arn: table("us-east-1", "orders"), ordinaryRoles: ["orders-submit", "orders-ship"] } },
      replicaRegions: ["us-west-2"],
    });
    const fields = [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: ["AWS::DynamoDB::Table"] },
      { field: "resources.ARN", equals: [table("us-east-1", "orders"), table("us-west-2", "orders")] },
    ];
    const [byCallers, byCalls, ...others] = (of("Trail")["advancedEventSelectors"] as unknown[]).slice(1);
    const session = (role: string) => `arn:aws:sts::123456789012:assumed-role/${role}/`;
    expect(byCallers).to.deep.equal({
      name: "orders-by-other-callers",
      fieldSelectors: [
        ...fields,
        { field: "userIdentity.arn", notStartsWiths: [session("orders-submit"), session("orders-ship")] },
      ],
    });
    const { name, fieldSelectors } = byCalls as { name: string; fieldSelectors: { notEquals?: string[] }[] };
    expect([name, fieldSelectors.slice(0, 3), others]).to.deep.equal(["orders-by-other-calls", fields, []]);
    expect(fieldSelectors[3]).to.include({ field: "eventName" });
    expect(fieldSelectors[3]?.notEquals).to.include.members(["GetItem", "Query", "TransactWriteItems"]);
    expect(fieldSelectors[3]?.notEquals).to.not.include.members(["Scan"]);
    expect(fieldSelectors[3]?.notEquals).to.not.include.members(["ExecuteStatement"]);
  });

  it("records reads and writes of objects, or only the writes where another log has the reads", async () => {
    const of = await register({
      buckets: {
        invoices: { arn: "arn:aws:s3:::invoices", events: "all" },
        assets: { arn: "arn:aws:s3:::assets", events: "writes" },
        peerAssets: { arn: "arn:aws:s3:::peer-assets", events: "writes" },
      },
    });
    const data = { field: "eventCategory", equals: ["Data"] };
    const objects = { field: "resources.type", equals: ["AWS::S3::Object"] };
    expect((of("Trail")["advancedEventSelectors"] as unknown[]).slice(1)).to.deep.equal([
      {
        name: "objects",
        fieldSelectors: [data, objects, { field: "resources.ARN", startsWiths: ["arn:aws:s3:::invoices/"] }],
      },
      {
        name: "written-objects",
        fieldSelectors: [
          data,
          objects,
          { field: "resources.ARN", startsWiths: ["arn:aws:s3:::assets/", "arn:aws:s3:::peer-assets/"] },
          { field: "readOnly", equals: ["false"] },
        ],
      },
    ]);
  });

  it("allows only this trail to write, below the account's own path, with TLS", async () => {
    const of = await register();
    expect(of("BucketPolicy")["bucket"]).to.equal(of("Bucket")["bucket"]);
    const { Statement } = JSON.parse(String(of("BucketPolicy")["policy"]));
    const trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/store-prod-east-audit";
    const allowed = Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow");
    expect(allowed).to.have.length(2);
    for (const { Principal, Condition } of allowed) {
      expect(Principal).to.deep.equal({ Service: "cloudtrail.amazonaws.com" });
      expect(Condition.StringEquals["aws:SourceArn"]).to.equal(trail);
    }
    expect(allowed[1].Resource).to.match(/\/AWSLogs\/123456789012\/\*$/);
    const [denied] = Statement.filter(({ Effect }: { Effect: string }) => Effect === "Deny");
    expect(denied.Condition).to.deep.equal({ Bool: { "aws:SecureTransport": "false" } });
  });

  for (const [what, args, sentence] of [
    [
      "to delete what is locked",
      { keptDays: 30 },
      /`keptDays` is 30; it must be a whole number, at least 366, because/,
    ],
    ["a lock of no day", { lockedDays: 0 }, /`lockedDays` is 0/],
    ["a lock that S3 does not know", { lock: "NONE" as never }, /`lock` is "NONE"; it must be "GOVERNANCE" or/],
    ["no table", { tables: {} }, /`tables` is empty; it must name a table/],
    [
      "a busy table without a role",
      { tables: { orders: { arn: table("us-east-1", "orders"), ordinaryRoles: [] } } },
      /`tables\["orders"\]\.ordinaryRoles` is empty; it must name a role/,
    ],
    ["no bucket", { buckets: {} }, /`buckets` is empty; it must name a bucket/],
    [
      "events of objects that it does not know",
      { buckets: { media: { arn: "arn:aws:s3:::media", events: "reads" as never } } },
      /`buckets\["media"\]\.events` is "reads"; it must be "all" or "writes"/,
    ],
    ["its own Region as another one", { replicaRegions: ["us-east-1"] }, /`replicaRegions` has this Region, us-east-1/],
  ] as const) {
    it(`refuses ${what}`, () =>
      expectRefusal("AuditTrail", () => new AuditTrail("audit", { region: "us-east-1", ...args }), sentence));
  }
});
