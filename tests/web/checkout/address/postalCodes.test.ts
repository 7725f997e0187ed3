import { expect } from "chai";
import { validatePostalCode } from "../../../../web/src/checkout/address/postalCodes";

const COUNTRIES = [
  "AT",
  "AU",
  "BR",
  "CA",
  "CH",
  "CZ",
  "DE",
  "ES",
  "FR",
  "GB",
  "IN",
  "IT",
  "JP",
  "NL",
  "PL",
  "PT",
  "SE",
  "US",
];

describe("validatePostalCode", () => {
  for (const country of COUNTRIES) {
    it(`refuses "1" in ${country} with an example that it accepts`, () => {
      const example = /^Enter a postal code like (.+)\.$/.exec(validatePostalCode("1", country) ?? "")?.[1];
      expect(example).to.be.a("string");
      expect(validatePostalCode(example!, country)).to.equal(undefined);
      expect(validatePostalCode(` ${example!.toLowerCase()} `, country)).to.equal(undefined);
    });
  }

  it("accepts any postal code of a country without a rule", () => {
    expect(validatePostalCode("1", "HK")).to.equal(undefined);
  });

  it("leaves an empty postal code to the required field", () => {
    expect(validatePostalCode("", "US")).to.equal(undefined);
  });
});
