import { expect } from "chai";
import { AuditTrail, type AuditTrailArgs } from "../../../components/observability";
import { mocked, type Registered } from "./support";

async function register(args: Partial<AuditTrailArgs> = {}) {
  const registered: Registered[] = [];
  await mocked(registered, () => {
    new AuditTrail("audit", { region: "us-east-1", ...args });
  });
  return (type: string) => registered.find((resource) => resource.type.endsWith(`:${type}`))?.inputs ?? {};
}

describe("AuditTrail", function () {
  this.timeout(20_000);

  it("is one trail of all Regions, validated, into a bucket whose objects are locked for a year", async () => {
    const of = await register();
    expect(of("Trail")).to.deep.include({
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      name: "store-prod-east-audit",
    });
    expect(of("Bucket")).to.include({ objectLockEnabled: true });
    expect(of("BucketObjectLockConfiguration")["rule"]).to.deep.equal({
      defaultRetention: { mode: "GOVERNANCE", days: 365 },
    });
    const [rule] = of("BucketLifecycleConfiguration")["rules"] as { expiration: object }[];
    expect(rule?.expiration).to.deep.equal({ days: 400 });
  });

  it("lets this very trail write below the account's own path, and nobody else", async () => {
    const of = await register();
    const { Statement } = JSON.parse(String(of("BucketPolicy")["policy"]));
    const trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/store-prod-east-audit";
    const allowed = Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow");
    expect(allowed).to.have.length(2);
    for (const { Principal, Condition } of allowed) {
      expect(Principal).to.deep.equal({ Service: "cloudtrail.amazonaws.com" });
      expect(Condition.StringEquals["aws:SourceArn"]).to.equal(trail);
    }
    expect(allowed[1].Resource).to.match(/\/AWSLogs\/123456789012\/\*$/);
  });

  it("refuses to delete what is locked", async () => {
    const said = await register({ keptDays: 30 }).catch((error: Error) => error.message);
    expect(said).to.match(/keptDays is 30, and entries are locked for 365/);
  });
});
