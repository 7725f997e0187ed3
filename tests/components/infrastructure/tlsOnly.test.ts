import { expect } from "chai";
import { denyWithoutTls } from "../../../components/infrastructure/tlsOnly";

describe("denyWithoutTls", () => {
  it("denies every caller's request without TLS", () => {
    expect(denyWithoutTls("sqs:*", ["arn:queue"])).to.deep.equal({
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: ["arn:queue"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });
});
