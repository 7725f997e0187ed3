import { expect } from "chai";
import fc from "fast-check";
import { GROUPS, groupsOf, isIn, signedInFrom } from "../../../domain/auth";

describe("signedIn", () => {
  it("returns the token's subject with the store's groups, and the address if the token has one", () => {
    const claims = { sub: "u-1", groups: ["merchandisers", "staff"], email: "ada@example.com" };
    expect(signedInFrom(claims, "groups")).to.deep.equal({
      customerId: "u-1",
      groups: "merchandisers",
      email: "ada@example.com",
    });
    expect(signedInFrom({ sub: "u-1", email: "" }, "groups")).to.deep.equal({ customerId: "u-1", groups: "customers" });
  });

  it("returns a phone number only if the token marks it as verified", () => {
    const phone_number = "+4930123456";
    const phoneOf = (claims: object) => signedInFrom({ sub: "u-1", ...claims }, "groups")?.verifiedPhone;
    expect(phoneOf({ phone_number, phone_number_verified: true })).to.equal(phone_number);
    for (const phone_number_verified of [undefined, false, "true", 1]) {
      expect(phoneOf({ phone_number, phone_number_verified })).to.equal(undefined);
    }
  });

  it("returns the time of the sign-in if the token states it", () => {
    expect(signedInFrom({ sub: "u-1", auth_time: 1_767_225_600 }, "groups")?.signedInAt).to.equal(1_767_225_600);
    for (const auth_time of [undefined, "1767225600", null]) {
      expect(signedInFrom({ sub: "u-1", auth_time }, "groups")).not.to.have.property("signedInAt");
    }
  });

  it("returns undefined without a usable subject", () => {
    for (const sub of [undefined, "", 7, null, ["u-1"], "x".repeat(256)]) {
      expect(signedInFrom({ sub }, "groups"), String(sub)).to.equal(undefined);
    }
  });

  it("makes callers without a known group customers", () => {
    for (const claim of [undefined, [], "", ["staff"], 7, { merchandisers: true }, ["Merchandisers"]]) {
      expect(groupsOf(claim)).to.deep.equal(["customers"]);
    }
  });

  it("returns each group once, from a list or a string", () => {
    expect(groupsOf("merchandisers customers merchandisers")).to.deep.equal(["customers", "merchandisers"]);
    expect(groupsOf(["merchandisers", "merchandisers"])).to.deep.equal(["merchandisers"]);
  });

  it("compares whole names of groups", () => {
    expect(isIn("merchandisers", { groups: "customers merchandisers" })).to.equal(true);
    expect(isIn("merchandisers", { groups: "customers" })).to.equal(false);
    expect(isIn("customers", { groups: "not-customers" })).to.equal(false);
  });

  it("never adds a group that the claim does not name", () => {
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
