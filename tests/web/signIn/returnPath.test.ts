import { expect } from "chai";
import { signInFrom, toReturnPath } from "../../../web/src/signIn/returnPath";

const STORE = "https://store.example.com";

describe("the way to the sign-in page and back", () => {
  const returnsTo = (address: string) => toReturnPath(new URL(address, STORE).search, STORE);

  for (const [page, path, search] of [
    ["a product", "/products/kettle", ""],
    ["a search", "/", "q=tea+kettle&sort=price"],
    ["the checkout", "/checkout", ""],
  ] as const) {
    it(`leads back to ${page}`, () => {
      expect(returnsTo(signInFrom(path, search))).to.equal(search ? `${path}?${search}` : path);
    });
  }

  it("keeps the page to return to when it is chosen again", () => {
    const first = new URL(signInFrom("/checkout", ""), STORE);
    for (const path of ["/sign-in", "/sign-up"])
      expect(returnsTo(signInFrom(path, first.search.slice(1)))).to.equal("/checkout");
  });

  it("leads to the landing page from there, and from an issuer's answer", () => {
    expect(signInFrom("/", "")).to.equal("/sign-in");
    expect(signInFrom("/signed-in", "code=once&state=1")).to.equal("/sign-in");
    expect(returnsTo("/sign-in")).to.equal("/");
  });

  for (const next of ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example/", "checkout"]) {
    it(`does not leave the store for ${JSON.stringify(next)}`, () => {
      expect(toReturnPath(new URLSearchParams({ next }).toString(), STORE)).to.equal("/");
    });
  }
});
