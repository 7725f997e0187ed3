import { expect } from "chai";
import fc from "fast-check";
import { parseCard } from "../../../../domain/order";

describe("an encrypted card", () => {
  const envelope = (header: unknown) =>
    [
      Buffer.from(JSON.stringify(header)).toString("base64url"),
      "k".repeat(342),
      "i".repeat(16),
      "c".repeat(60),
      "t".repeat(22),
    ].join(".");
  const header = {
    alg: "RSA-OAEP-256",
    enc: "A256GCM",
    kid: "mrk-1234567890abcdef",
    idempotencyKey: "key-1",
    customerId: "ann",
  };

  it("is parsed without decryption", () => {
    expect(parseCard(envelope(header))?.header).to.deep.equal(header);
  });

  const wrong: [string, string][] = [
    ["a text that is no JWE", "4242424242424242"],
    ["another algorithm", envelope({ ...header, alg: "RSA-OAEP" })],
    ["another encryption", envelope({ ...header, enc: "A128CBC-HS256" })],
    ["compression", envelope({ ...header, zip: "DEF" })],
    ["no customer", envelope({ ...header, customerId: undefined, padding: "padding" })],
    ["no key of the request", envelope({ ...header, idempotencyKey: undefined, padding: "padding" })],
    ["a header that is no JSON", envelope(header).replace(/^[^.]+/, "a".repeat(60))],
  ];
  for (const [what, jwe] of wrong) {
    it(`is refused with ${what}`, () => {
      expect(parseCard(jwe)).to.equal(undefined);
    });
  }

  it("is refused or parsed for any text, without an error", () => {
    fc.assert(fc.property(fc.string(), (text) => parseCard(text) === undefined));
  });
});
