import { expect } from "chai";
import { foreignPage } from "../../../local/servers/refuseForeignPages";

describe("foreignPage", () => {
  const host = "127.0.0.1:8080";
  const own = { isOwnHost: (name: string) => name === "www.stayopen.test", hasPages: true };
  const link = { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };

  it("allows scripts, the server's own pages, and links to its pages", () => {
    expect(foreignPage({ method: "POST", headers: { host } })).to.equal(undefined);
    expect(foreignPage({ method: "POST", headers: { host: "localhost" } })).to.equal(undefined);
    expect(foreignPage({ method: "POST", headers: { host, origin: `http://${host}` } })).to.equal(undefined);
    expect(foreignPage({ method: "GET", headers: { host: "www.stayopen.test:8080" } }, own)).to.equal(undefined);
    expect(foreignPage({ method: "GET", headers: link }, own)).to.equal(undefined);
  });

  it("refuses names that only resemble the server's", () => {
    for (const name of ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8080"]) {
      expect(foreignPage({ method: "GET", headers: { host: name } }, own)).to.match(/^The Host /);
    }
  });

  it("refuses origins of other sites and opaque origins", () => {
    for (const origin of ["http://evil.example", "null", "", "http://127.0.0.1.evil.example", "file://"]) {
      expect(foreignPage({ method: "POST", headers: { host, origin } }, own)).to.match(/^Pages of the origin /);
    }
  });

  it("refuses pages of other servers on this machine, except links to its pages", () => {
    for (const origin of [
      "http://127.0.0.1:3000",
      "http://localhost:8080",
      "http://127.0.0.1",
      "https://127.0.0.1:8443",
    ]) {
      expect(foreignPage({ method: "POST", headers: { host, origin } }, own), origin).to.match(/^Pages of the origin /);
    }
    const sameSite = { host, "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" };
    expect(foreignPage({ method: "GET", headers: sameSite }, own)).to.match(/^Pages of other servers/);
    expect(foreignPage({ method: "GET", headers: { ...sameSite, "sec-fetch-mode": "navigate" } }, own)).to.equal(
      undefined,
    );
  });

  it("refuses fetches of other sites' pages, and links to a server without pages", () => {
    expect(foreignPage({ method: "GET", headers: { ...link, "sec-fetch-mode": "no-cors" } }, own)).to.match(/^Pages/);
    expect(foreignPage({ method: "POST", headers: link }, own)).to.match(/^Pages/);
    expect(foreignPage({ method: "GET", headers: link })).to.match(/^Pages/);
  });
});
