import { expect } from "chai";
import fc from "fast-check";
import { GROUPS, groupsOf, isIn, missingIn, signedInFrom } from "../../../domain/auth";

describe("who is signed in", () => {
  it("is the token's subject, with the store's groups and an address if the token has one", () => {
    const claims = { sub: "u-1", groups: ["merchandisers", "staff"], email: "ada@example.com" };
    expect(signedInFrom(claims, "groups")).to.deep.equal({
      customerId: "u-1",
      groups: "merchandisers",
      email: "ada@example.com",
    });
    expect(signedInFrom({ sub: "u-1", email: "" }, "groups")).to.deep.equal({ customerId: "u-1", groups: "customers" });
  });

  it("has a phone number only if the token says that it is verified", () => {
    const phone_number = "+4930123456";
    const phoneOf = (claims: object) => signedInFrom({ sub: "u-1", ...claims }, "groups")?.verifiedPhone;
    expect(phoneOf({ phone_number, phone_number_verified: true })).to.equal(phone_number);
    for (const phone_number_verified of [undefined, false, "true", 1]) {
      expect(phoneOf({ phone_number, phone_number_verified })).to.equal(undefined);
    }
  });

  it("is nobody without a subject that can be a key", () => {
    for (const sub of [undefined, "", 7, null, ["u-1"], "x".repeat(256)]) {
      expect(signedInFrom({ sub }, "groups"), String(sub)).to.equal(undefined);
    }
  });

  it("is a customer when the token names none of the store's groups", () => {
    for (const claim of [undefined, [], "", ["staff"], 7, { merchandisers: true }, ["Merchandisers"]]) {
      expect(groupsOf(claim)).to.deep.equal(["customers"]);
    }
  });

  it("has each group once, as a list or as one string", () => {
    expect(groupsOf("merchandisers customers merchandisers")).to.deep.equal(["customers", "merchandisers"]);
    expect(groupsOf(["merchandisers", "merchandisers"])).to.deep.equal(["merchandisers"]);
  });

  it("is in the groups named and in no group whose name only looks like one", () => {
    expect(isIn("merchandisers", { groups: "customers merchandisers" })).to.equal(true);
    expect(isIn("merchandisers", { groups: "customers" })).to.equal(false);
    expect(isIn("customers", { groups: "not-customers" })).to.equal(false);
  });

  it("never gets a group that the claim doesn't name", () => {
    fc.assert(
      fc.property(fc.anything(), (claim) => {
        const granted = groupsOf(claim);
        expect(GROUPS).to.include.members(granted);
        if (granted.includes("merchandisers")) {
          expect(typeof claim === "string" || Array.isArray(claim)).to.equal(true);
        }
      }),
    );
  });
});

describe("a password", () => {
  it("is good with twelve characters, both cases and a digit", () => {
    expect(missingIn("Correct-Horse-9")).to.deep.equal([]);
    expect(missingIn("ünicode-Horse-9")).to.deep.equal([]);
  });

  it("is told everything that it lacks", () => {
    expect(missingIn("")).to.deep.equal([
      "at least 12 characters",
      "a lower-case letter",
      "an upper-case letter",
      "a digit",
    ]);
    expect(missingIn("correct horse 9")).to.deep.equal(["an upper-case letter"]);
  });
});
