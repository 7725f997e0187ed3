import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { namespaceOf, reservedBucketName } from "../../../components/infrastructure/privateBucket";

describe("reservedBucketName", () => {
  it("returns a name in the account's own namespace in its Region", () => {
    const name = reservedBucketName("stayopen-prod-assets", "123456789012", "us-west-2");
    expect(name).to.equal("stayopen-prod-assets-123456789012-us-west-2-an");
    expect(namespaceOf(name)).to.equal("account-regional");
  });

  it("refuses a name that is too long for S3", () => {
    expect(() => reservedBucketName("a".repeat(38), "123456789012", "us-east-1")).to.throw(
      pulumi.RunError,
      /has 64 characters\. Make the prefix "a+" 1 shorter/,
    );
    expect(reservedBucketName("a".repeat(37), "123456789012", "us-east-1")).to.have.length(63);
  });

  it("leaves other names in the global namespace", () => {
    for (const name of [undefined, "assets", "assets-us-west-2-an", "assets-123456789012-an"]) {
      expect(namespaceOf(name), String(name)).to.equal(undefined);
    }
  });
});
