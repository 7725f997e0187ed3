import { expect } from "chai";
import { expectAccessible, expectNoSidewaysScrolling, visitor } from "./browser";
import { newCustomer } from "./customer";
import { onStage } from "./stage";
import { fillBasket, order } from "./steps";

describe("Delivered pages in the browser", () => {
  const stage = onStage();

  it("opens every page by its address, and answers unknown assets and API paths with 404", async () => {
    for (const path of ["/basket", "/sign-up", "/no-such-page"]) {
      await stage.page.goto(path);
      await stage.page.getByRole("heading", { level: 1 }).waitFor();
    }
    expect((await stage.page.request.get("/assets/gone-Ab12Cd34.js")).status()).to.equal(404);
    const api = await stage.page.request.get("/api/catalogue/products/no-such-product");
    expect(api.status()).to.equal(404);
    expect(api.headers()["content-type"]).to.include("application/problem+json");
  });

  it("sets security headers, and caches only immutable files", async () => {
    const answer = await stage.page.goto("/");
    const headers = await answer!.allHeaders();
    expect(headers["content-security-policy"]).to.include("default-src 'none'");
    expect(headers["strict-transport-security"]).to.match(/max-age=\d{8}/);
    expect(headers).to.include({ "x-content-type-options": "nosniff" });
    // Rendered pages are kept by CloudFront; a browser asks for each page again.
    expect(headers["cache-control"]).to.match(/^public, max-age=0, s-maxage=60,/);
    expect((await stage.page.request.get("/basket")).headers()).to.include({ "cache-control": "no-cache" });
    const script = await stage.page.locator("script[src]").first().getAttribute("src");
    const asset = await stage.page.request.get(script!);
    expect(asset.headers()["cache-control"]).to.equal("public, max-age=31536000, immutable");
  });

  for (const [screen, colors] of [
    ["desktop", "light"],
    ["phone", "dark"],
  ] as const) {
    it(`is accessible on a ${screen} in ${colors} colors`, async function () {
      this.timeout(300_000);
      const guest = await visitor(stage.browser, stage.store.url, screen, colors);
      const check = async (path?: string) => {
        if (path) await guest.page.goto(path);
        await guest.page.getByRole("heading", { level: 1 }).waitFor();
        await expectNoSidewaysScrolling(guest.page);
        await expectAccessible(guest.page);
      };
      await guest.page.goto("/");
      await guest.page.locator(".card a").first().waitFor();
      await check();
      await check("/?q=kettle");
      await check("/sign-in");
      await check("/sign-up");
      await newCustomer(guest.page, stage.store);
      await fillBasket(guest.page);
      await check();
      await check("/basket");
      await check("/checkout");
      await order(guest.page);
      await check();
      await check("/orders");
      expect(guest.complaints).to.deep.equal([]);
      await guest.leave();
    });
  }
});
