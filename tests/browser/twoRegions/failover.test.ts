import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { type Store, startStore } from "../../../local/store";
import { temporaryFolder } from "../../kit/temporaryFolder";
import { expectAccessible, keepPicture, launchBrowser, type Visitor, visitor } from "../browser";
import { newCustomer, putInBasket } from "../customer";
import { fillCheckout, untilSearchable } from "../steps";

const EAST = "us-east-1";

/** As in web/src/publicApi.ts: a page leaves a Region that has not answered for so long, on a busy machine too. */
const PATIENCE_MS = 4_000;

/** Longest wait of a customer who places an order while a Region fails. */
const LONGEST_WAIT_MS = 15_000;

/** Failures of the primary, with the way back. A killed Region stays dead until the end, because its return takes long. */
const FAILURES = {
  cut: { begin: ({ chaos }: Store) => chaos.cut(), end: ({ chaos }: Store) => chaos.heal() },
  freeze: { begin: ({ chaos }: Store) => chaos.freeze(EAST), end: ({ chaos }: Store) => chaos.thaw(EAST) },
  kill: { begin: ({ chaos }: Store) => chaos.kill(EAST), end: async () => {} },
};

for (const domain of [true, false]) {
  describe(`Failover of the page ${domain ? "under" : "without"} a domain`, function () {
    this.timeout(300_000);
    let store: Store;
    let browser: Browser;
    let guest: Visitor;
    let page: Page;
    let requests: { path: string; key: string | undefined; at: number }[];

    before(async () => {
      const dataDir = temporaryFolder("failover-page");
      store = await startStore({ dataDir, fresh: true, port: 0, regions: 2, domain });
      browser = await launchBrowser();
    });
    after(async () => {
      await browser?.close();
      await store?.stop();
    });

    beforeEach(async () => {
      guest = await visitor(browser, store.url);
      page = guest.page;
      requests = [];
      page.on("request", (request) => {
        const { pathname } = new URL(request.url());
        if (request.method() === "POST" && pathname.endsWith("/api/orders"))
          requests.push({ path: pathname, key: request.headers()["idempotency-key"], at: Date.now() });
      });
      await untilSearchable(store.url);
      await newCustomer(page, store);
      await putInBasket(page);
      await page.goto("/checkout");
      await fillCheckout(page);
      // The page must fail over because of the failure, not because functions that start first were slow.
      await page.waitForLoadState("networkidle");
      await atHome(page);
    });
    afterEach(async function () {
      if (this.currentTest?.state === "failed") await keepPicture(page, this.currentTest.fullTitle());
      await guest.leave();
    });

    for (const [failure, { begin, end }] of Object.entries(FAILURES)) {
      it(`confirms one order within ${LONGEST_WAIT_MS / 1_000} seconds (${failure})`, async () => {
        await begin(store);
        try {
          await page.getByRole("button", { name: /^Place order/ }).click();
          await page.getByText("Thank you!").waitFor({ timeout: LONGEST_WAIT_MS });
          expect(new Set(requests.map(({ key }) => key)).size).to.equal(1);
          if (failure === "cut") {
            const [first, ...later] = requests;
            expect(first!.path).to.equal("/api/orders");
            // Half, because a busy machine reports a request late.
            for (const { at } of later) expect(at - first!.at, "milliseconds").to.be.at.least(PATIENCE_MS / 2);
            return;
          }
          expect(requests.at(-1)!.path).to.equal("/regions/us-west-2/api/orders");
          await page.getByText("This page now uses another one").waitFor();
          await expectAccessible(page);
          await page.getByRole("link", { name: "Orders", exact: true }).click();
          await page.locator(".order-list li").first().waitFor();
          expect(await page.locator(".order-list li").count()).to.equal(1);
        } finally {
          await end(store);
        }
        if (failure !== "freeze") return;
        await atHome(page);
        const home = page.waitForRequest((request) => new URL(request.url()).pathname === "/api/orders");
        await page.reload();
        await home;
      });
    }
  });
}

/** Waits until the page calls its home Region. */
function atHome(page: Page): Promise<void> {
  return page.getByText("This page now uses another one").waitFor({ state: "hidden", timeout: 240_000 });
}
