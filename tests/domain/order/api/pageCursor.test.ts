import { expect } from "chai";
import fc from "fast-check";
import { decodePageCursor, encodePageCursor } from "../../../../domain/order";

const end = { orderId: "7ZQ4M2XA0B7ZQ4M2XA0B7ZQ4M2", region: "us-east-1", createdAt: "2026-01-01T00:00:00.000Z" };
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a cursor of a customer's orders", () => {
  it("decodes to its keys", () => {
    for (const region of ["us-east-1", "us-gov-west-1", "ap-southeast-2", "eu-isoe-west-1"]) {
      expect(decodePageCursor(encodePageCursor({ ...end, region }))).to.deep.equal({ ...end, region });
    }
  });

  const wrong: [string, string][] = [
    ["no JSON", "abc"],
    ["empty keys", "WyIiLCIiLCIiXQ"],
    ["an empty order id", encoded(["", end.region, end.createdAt])],
    ["an empty Region", encoded([end.orderId, "", end.createdAt])],
    ["an empty time", encoded([end.orderId, end.region, ""])],
    ["a number as a key", encoded([end.orderId, end.region, 7])],
    ["no list", encoded(end)],
    ["too few keys", encoded([end.orderId, end.region])],
    ["an additional customer", encoded([end.orderId, end.region, end.createdAt, "customer-bob"])],
    ["a Region of 2 KB", encoded([end.orderId, "us-".padEnd(2_048, "a"), end.createdAt])],
  ];
  for (const [what, text] of wrong) {
    it(`is refused with ${what}`, () => {
      expect(decodePageCursor(text)).to.equal(undefined);
    });
  }

  it("is refused or decoded for any text, without an error", () => {
    const any = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
    );
    fc.assert(fc.property(any, (text) => decodePageCursor(text) === undefined));
  });
});
