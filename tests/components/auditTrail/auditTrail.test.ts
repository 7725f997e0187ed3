import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest, type CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import { TransformRequest, TransformResourceOptions, TransformResponse } from "@pulumi/pulumi/proto/resource_pb";
import { expect } from "chai";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { AuditTrail, type AuditTrailArgs } from "../../../components/auditTrail";
import { mocked, type Registered, requestOf } from "../../kit/observabilityStand";
import { expectRefusal } from "../../kit/refusals";

async function register(args: Partial<AuditTrailArgs> = {}) {
  const registered: Registered[] = [];
  let policy: Record<string, JavaScriptValue> = {};
  await mocked(registered, async () => {
    const trail = requestOf("awsx:cloudtrail:Trail");
    new AuditTrail("audit", { region: "us-east-1", ...args });
    const made = { bucket: "entries", policy: "what awsx would have" };
    policy = await transformed((await trail).getTransformsList(), "aws:s3/bucketPolicy:BucketPolicy", made);
  });
  return (type: string) =>
    type === "BucketPolicy"
      ? policy
      : (registered.find((resource) => resource.type.endsWith(`:${type}`))?.inputs ?? {});
}

/** Applies the transform to a resource that awsx makes there, as the engine does. */
async function transformed(transforms: Callback[], type: string, properties: Record<string, JavaScriptValue>) {
  let current = Struct.fromJavaScript(properties);
  for (const transform of transforms) {
    const resource = new TransformRequest();
    resource.setType(type);
    resource.setName("child");
    resource.setProperties(current);
    resource.setOptions(new TransformResourceOptions());
    const request = new CallbackInvokeRequest();
    request.setToken(transform.getToken());
    request.setRequest(resource.serializeBinary());
    const client = new CallbacksClient(transform.getTarget(), credentials.createInsecure());
    const invoke = promisify<CallbackInvokeRequest, CallbackInvokeResponse>(client.invoke.bind(client));
    const answer = TransformResponse.deserializeBinary((await invoke(request)).getResponse_asU8());
    client.close();
    current = answer.getProperties() ?? current;
  }
  return current.toJavaScript();
}

describe("AuditTrail", function () {
  this.timeout(20_000);

  it("creates one validated trail of all Regions, into a bucket whose objects are locked for a year", async () => {
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

  it("allows only this trail to write, below the account's own path", async () => {
    const of = await register();
    expect(of("BucketPolicy")).to.include({ bucket: "entries" });
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

  it("replaces the bucket policy that awsx creates instead of adding a second one", async () => {
    const registered: Registered[] = [];
    await mocked(registered, () => {
      new AuditTrail("audit", { region: "us-east-1" });
    });
    expect(registered.filter(({ type }) => type === "aws:s3/bucketPolicy:BucketPolicy")).to.deep.equal([]);
    const trail = registered.find(({ type }) => type === "awsx:cloudtrail:Trail");
    expect(trail?.inputs["s3Bucket"]).to.deep.equal({
      existing: { arn: "arn:aws:test:us-east-1:123456789012:audit-entries" },
    });
  });

  for (const [what, args, sentence] of [
    [
      "to delete what is locked",
      { keptDays: 30 },
      /`keptDays` is 30; it must be a whole number, at least 366, because/,
    ],
    ["a lock of no day", { lockedDays: 0 }, /`lockedDays` is 0/],
    ["a lock that S3 does not know", { lock: "NONE" as never }, /`lock` is "NONE"; it must be "GOVERNANCE" or/],
  ] as const) {
    it(`refuses ${what}`, () =>
      expectRefusal("AuditTrail", () => new AuditTrail("audit", { region: "us-east-1", ...args }), sentence));
  }
});
