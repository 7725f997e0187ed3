import { expect } from "chai";
import { isCustomerUrl } from "../../../../domain/order/providers/paymentProvider";

describe("isCustomerUrl", () => {
  it("accepts pages over TLS, and of this machine", () => {
    for (const url of ["https://bank.example/3ds?id=1", "http://127.0.0.1:8080/challenge", "http://localhost/x"])
      expect(isCustomerUrl(url), url).to.equal(true);
  });

  const refused: [string, unknown][] = [
    ["a page without TLS", "http://bank.example/3ds"],
    ["a host that only begins like this machine", "http://127.0.0.1.example/x"],
    ["a script", "javascript:alert(1)"],
    ["an address without a host", "https:///path"],
    ["a line break", "https://bank.example/\nset-cookie: a"],
    ["a space", "https://bank.example/a b"],
    ["an address that is too long", `https://bank.example/${"a".repeat(2_000)}`],
    ["anything but a text", { href: "https://bank.example" }],
  ];
  for (const [what, value] of refused) {
    it(`refuses ${what}`, () => {
      expect(isCustomerUrl(value)).to.equal(false);
    });
  }
});
