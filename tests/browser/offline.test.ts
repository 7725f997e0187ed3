import { expect } from "chai";
import { firstVisitor, untilHolds, type Visitor } from "./browser";
import { heading, onStage } from "./stage";
import { fillBasket } from "./steps";

describe("The store without a connection", () => {
  const stage = onStage();
  let guest: Visitor;

  beforeEach(async () => {
    guest = await firstVisitor(stage.browser, stage.store.url, "desktop", "light", "en-US", "allow");
  });

  afterEach(() => guest.leave());

  /** Opens the store, and waits until the service worker has the frame and controls the page. */
  const open = async () => {
    await guest.page.goto("/");
    await guest.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
    await guest.page.reload();
    await untilHolds(async () =>
      expect(await guest.page.evaluate("navigator.serviceWorker.controller !== null")).to.equal(true),
    );
  };

  it("shows basket and seen products, and says that it is offline on others", async function () {
    this.timeout(300_000);
    const { page } = guest;
    await open();
    await page.context().setOffline(true);
    await page.goto("/basket");
    await heading(page, "Your basket is empty");
    await page.context().setOffline(false);
    await fillBasket(page);
    const address = new URL(page.url()).pathname;
    const name = await page.getByRole("heading", { level: 1 }).innerText();

    await page.context().setOffline(true);
    await page.reload();
    await heading(page, name);
    await page.goto("/basket");
    await page.getByRole("link", { name }).first().waitFor();
    expect(await page.getByText(/You are offline/).count()).to.equal(0);
    await page.goto("/products/never-seen");
    await page.getByText(/You are offline/).waitFor();

    await page.context().setOffline(false);
    await page.goto(address);
    await heading(page, name);
  });

  it("keeps no answers about customers", async function () {
    this.timeout(300_000);
    const { page } = guest;
    await open();
    for (const call of [
      '"/api/orders", { headers: { authorization: "Bearer x" } }',
      '"/config.json"',
      '"/api/config"',
    ]) {
      await page.evaluate(`fetch(${call}).then(() => undefined)`);
    }
    const kept = await page.evaluate<string[]>(`(async () => {
      const entries = await Promise.all((await caches.keys()).map(async (one) => (await caches.open(one)).keys()));
      return entries.flat().map(({ url }) => new URL(url).pathname);
    })()`);
    expect(kept).to.include("/index.html");
    expect(kept.filter((path) => path.startsWith("/api/") || path === "/config.json")).to.deep.equal([]);
  });

  it("can be installed: a manifest with icons that exist", async () => {
    const { page } = guest;
    await page.goto("/");
    const manifest = await page.evaluate<[named: string, served: string][]>(`(async () => {
      const { icons } = await (await fetch(document.querySelector('link[rel="manifest"]').href)).json();
      return Promise.all(icons.map(async ({ src, type }) => [type, (await fetch(src)).headers.get("content-type")]));
    })()`);
    expect(manifest).to.have.length(4);
    for (const [named, served] of manifest) expect(served).to.equal(named);
  });

  it("answers unknown addresses with 404, and the page that says so", async () => {
    const { page } = guest;
    for (const [path, status] of [
      ["/nowhere", 404],
      ["/orders/1/2", 404],
      ["/basket", 200],
      ["/basket/", 200],
      ["/missing.txt", 404],
    ] as const) {
      expect((await page.goto(path))?.status(), path).to.equal(status);
    }
    await page.goto("/nowhere");
    await heading(page, "Page not found");
    expect(await page.locator('meta[name="robots"]').getAttribute("content")).to.equal("noindex");
  });
});
