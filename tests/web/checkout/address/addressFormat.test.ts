import { expect } from "chai";
import { formatAddress, hasRegion } from "../../../../web/src/checkout/address/addressFormat";

const address = { name: "Ada Example", street: "Main Street 1", city: "Springfield", postalCode: "12345" };

describe("formatAddress", () => {
  it("writes city, region and postal code as the country does", () => {
    const lines = (country: string, region?: string) =>
      formatAddress({ ...address, country, ...(region && { region }) }, "en").slice(2, -1);
    expect(lines("US", "IL")).to.deep.equal(["Springfield, IL 12345"]);
    expect(lines("US")).to.deep.equal(["Springfield 12345"]);
    expect(lines("DE")).to.deep.equal(["12345 Springfield"]);
    expect(lines("GB")).to.deep.equal(["Springfield", "12345"]);
  });

  it("names the country in the reader's language", () => {
    expect(formatAddress({ ...address, country: "DE" }, "de").at(-1)).to.equal("Deutschland");
    expect(formatAddress({ ...address, country: "DE" }, "en-GB").at(-1)).to.equal("Germany");
  });
});

describe("hasRegion", () => {
  it("asks for a region only where addresses have one", () => {
    expect(["US", "CA", "GB", "JP", "XX"].every(hasRegion)).to.equal(true);
    expect(["DE", "AT", "CH", "FR", "NL"].some(hasRegion)).to.equal(false);
  });
});
