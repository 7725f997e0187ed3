import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PAGES } from "../../web/pages";

describe("PAGES", () => {
  it("are the routes of the storefront", () => {
    const app = readFileSync(join(__dirname, "..", "..", "web", "src", "app.tsx"), "utf8");
    const routes = [...app.matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => path!.replace(/:\w+/g, "*"));
    expect(routes).to.have.length.above(5);
    expect([...PAGES].sort()).to.deep.equal(routes.sort());
  });
});
