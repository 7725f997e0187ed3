import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { functions, onUsualStore, register, type Statement } from "../../../kit/orderServiceStand";

describe("The invoices of an OrderService", function () {
  this.timeout(180_000);
  const stand = onUsualStore();

  it("stores invoices in a private bucket without replication, readable over TLS only", () => {
    const name = "orders-invoices";
    expect(stand.made.named("BucketPublicAccessBlock", name)).to.include({
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    });
    expect(stand.made.named("BucketVersioning", name)["versioningConfiguration"]).to.deep.equal({ status: "Enabled" });
    expect(stand.made.named("BucketServerSideEncryptionConfiguration", name)["rules"]).to.deep.equal([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    const { Statement } = JSON.parse(String(stand.made.named("BucketPolicy", name)["policy"])) as {
      Statement: (Statement & { Effect: string })[];
    };
    expect(Statement.map(({ Sid, Effect }) => [Sid, Effect])).to.deep.equal([
      ["TlsOnly", "Deny"],
      ["StaysInItsRegion", "Deny"],
    ]);
    expect(Statement[1]?.Action).to.equal("s3:PutReplicationConfiguration");
    expect(stand.made.of("BucketReplicationConfig")).to.deep.equal([]);
  });

  it("expires invoices after the configured time", async () => {
    const rules = ({ named }: Pick<typeof stand.made, "named">) =>
      (named("BucketLifecycleConfiguration", "orders-invoices")["rules"] as { expiration?: object }[]).map(
        ({ expiration }) => expiration,
      );
    expect(rules(stand.made)).to.deep.equal([{ expiredObjectDeleteMarker: true }]);
    const changes = { protectData: false, invoices: { bucketName: "my-invoices", keepDays: 3_653 } };
    const custom = await register(changes);
    expect(rules(custom)).to.deep.equal([{ days: 3_653 }]);
    expect(custom.named("Bucket", "orders-invoices")).to.include({ bucket: "my-invoices", forceDestroy: true });
  });

  it("lets one function write invoices of delivered orders, and another one read them", () => {
    // Erasures write them again without name and address.
    for (const name of functions.filter((one) => one !== "eraser")) {
      const s3 = stand.made.actions(name).filter((action) => action.startsWith("s3:"));
      expect(s3, name).to.deep.equal(
        name === "invoicer" ? ["s3:PutObject"] : name === "invoice" ? ["s3:GetObject"] : [],
      );
    }
    const granted = stand.made.statements("invoice").find(({ Action }) => String(Action) === "s3:GetObject");
    expect(granted?.Resource).to.deep.equal(["arn:aws:s3:us-east-1:123456789012:orders-invoices/invoices/*"]);
    expect(stand.made.named("TopicSubscription", "orders-invoices")).to.include({
      filterPolicy: '{"status":["DELIVERED","REFUNDED"]}',
      rawMessageDelivery: true,
    });
  });

  it("lets the function that shows invoices find the peer Region, if there is one", async () => {
    const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/state";
    const regions = { tableName: pulumi.output("state"), tableArn: pulumi.output(arn) };
    const { statements } = await register({ regions });
    expect(JSON.stringify(statements("invoice"))).to.contain(arn);
    for (const name of functions.filter((one) => one !== "invoice")) {
      expect(JSON.stringify(statements(name)), name).to.not.contain(arn);
    }
  });
});
