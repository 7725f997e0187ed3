import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import type { Chaos, ChaosStatus } from "../../../local/chaos";
import { type Console, startConsole } from "../../../local/console";
import type { Deployment } from "../../../local/deployment/deployment";
import { type Providers, startProviders } from "../../../local/providers";
import { expectAccessible, expectNoSidewaysScrolling, launchBrowser } from "../../browser/browser";

const east = "us-east-1";
const west = "us-west-2";

describe("Console with two Regions", function () {
  this.timeout(300_000);
  let providers: Providers;
  let page: Console;
  let browser: Browser;
  let view: Page;
  let status: ChaosStatus;
  let asked: unknown[];
  let returned: PromiseWithResolvers<void>;

  before(async () => {
    const secret = `whsec_${Buffer.from("a-webhook-secret-of-24-b").toString("base64")}`;
    providers = await startProviders({
      secrets: {
        paymentApiKey: "key",
        shippingApiKey: "key",
        paymentWebhookSecret: secret,
        shippingWebhookSecret: secret,
      },
    });
    browser = await launchBrowser();
  });
  beforeEach(async () => {
    asked = [];
    returned = Promise.withResolvers();
    status = {
      regions: [
        { region: east, stack: "prod-east", state: "up" },
        { region: west, stack: "prod-west", state: "frozen" },
      ],
      link: {
        isCut: false,
        lagMs: { min: 200, max: 900 },
        directions: [{ from: east, to: west, state: "paused", waiting: 3, behindMs: 4_200 }],
      },
    };
    page = await startConsole({
      deployments: [deployment(east, "prod-east"), deployment(west, "prod-west")],
      providers,
      storeUrl: "http://127.0.0.1:9",
      chaos: switches(),
      failover: () => ({
        names: [{ name: "orders.api.stayopen.test", answeredBy: [east] }],
        checks: [{ name: "failover", healthy: false, about: "1 of 2 healthy, 2 needed" }],
      }),
      log: () => undefined,
    });
    view = await browser.newPage();
    await view.goto(`${page.url}/#store`);
    await view.getByRole("heading", { name: "Between the Regions" }).waitFor();
  });
  afterEach(async () => {
    await view?.close();
    await page?.stop();
  });
  after(async () => {
    await browser?.close();
    await providers?.stop();
  });

  function deployment(region: string, stack: string): Deployment {
    // No server listens on this port.
    const endpoint = "http://127.0.0.1:9";
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    return { region, stack, endpoint, credentials, resources: [], outputs: {}, notEmulated: [] };
  }

  function switches(): Chaos {
    const one = (action: string) => async (region: string) => {
      if (region !== east) throw new RangeError(`${region} is frozen already.`);
      asked.push([action, region]);
    };
    return {
      kill: one("kill"),
      return: async (region) => {
        asked.push(["return", region]);
        await returned.promise;
      },
      lose: one("lose"),
      freeze: async () => {
        for (const end = Date.now() + 1_500; Date.now() < end; );
      },
      thaw: one("thaw"),
      cut: async () => void asked.push("cut"),
      heal: async () => void asked.push("heal"),
      lag: async (lag) => void asked.push(lag),
      status: () => status,
      incidents: () => [],
    };
  }

  it("shows both Regions, the replication backlog and the DNS answers", async () => {
    const text = async (region: string) => (await view.locator(`[data-region="${region}"]`).textContent()) ?? "";
    expect(await text(east))
      .to.contain("orders.api.stayopen.test")
      .and.contain("3 changes, oldest 4.2 s");
    expect(await text(west))
      .to.contain("frozen")
      .and.contain("Thaw");
    const world = (await view.locator("[data-dns]").textContent()) ?? "";
    expect(world).to.contain("orders.api.stayopen.test").and.contain("1 of 2 healthy, 2 needed");
  });

  it("performs a Region's actions, and shows why one is refused", async () => {
    let question = "";
    view.once("dialog", (dialog) => {
      question = dialog.message();
      void dialog.accept();
    });
    await view.locator(`[data-region="${east}"]`).getByRole("button", { name: "Kill" }).click();
    expect(question).to.contain("us-east-1 is the only Region that is up");
    await view.getByRole("button", { name: "Cut the link" }).click();
    await view.getByLabel("Replication lag").selectOption("2000..5000");
    await view.locator(`[data-region="${west}"]`).getByRole("button", { name: "Thaw" }).click();
    await view.getByText("us-west-2 is frozen already.").waitFor();

    expect(asked).to.deep.equal([["kill", east], "cut", { min: 2_000, max: 5_000 }]);
  });

  it("shows that a Region returns until it has, and no healthy link meanwhile", async () => {
    Object.assign(status.regions[0]!, { state: "dead" });
    const card = view.locator(`[data-region="${east}"]`);
    await card.getByRole("button", { name: "Bring back" }).click();
    await card.getByRole("status").filter({ hasText: "is returning" }).waitFor();
    expect(await card.getByRole("button").count()).to.equal(0);
    expect(await view.locator("[data-link] .pill").textContent()).to.equal("a Region is down");
    returned.resolve();
    await card.getByRole("button", { name: "Bring back" }).waitFor();
    expect(asked).to.deep.equal([["return", east]]);
  });

  it("shows an action as pending even if it keeps the process busy", async () => {
    view.on("dialog", (dialog) => void dialog.accept());
    // This process is busy as well, so the page itself notes what it shows.
    await view.evaluate(`{
      window.shownAt = 0;
      new MutationObserver(() => {
        const isShown = document.body.textContent.includes("is being frozen");
        if (isShown) window.shownAt ||= performance.now();
        else if (window.shownAt && performance.now() - window.shownAt > 500) document.body.dataset.shown = "long";
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    }`);
    await view.locator(`[data-region="${east}"]`).getByRole("button", { name: "Freeze" }).click();
    await view.locator('body[data-shown="long"]').waitFor();
  });

  it("is accessible with faults, pending and refused actions, light and dark, and fits a phone", async () => {
    Object.assign(status.regions[0]!, { state: "dead" });
    const { controls } = providers;
    for (const operation of ["authorize", "capture"] as const)
      controls.fault({ system: "payment", operation, kind: "unavailable", times: "always" });
    await view.locator(`[data-region="${west}"]`).getByRole("button", { name: "Thaw" }).click();
    await view.getByRole("alert").filter({ hasText: "us-west-2 is frozen already." }).waitFor();
    await view.locator(`[data-region="${east}"]`).getByRole("button", { name: "Bring back" }).click();
    await view.locator(`[data-region="${east}"] .pending`).waitFor();
    await view.getByRole("button", { name: "Demo failover" }).click();
    await view.getByRole("alert").filter({ hasText: "the demonstration begins with both Regions up" }).waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await view.emulateMedia({ colorScheme });
      for (const width of [1280, 390]) {
        await view.setViewportSize({ width, height: 844 });
        await expectAccessible(view);
        await expectNoSidewaysScrolling(view);
      }
    }
    controls.clearFaults();
    returned.resolve();
  });

  it("answers `npm run chaos -- status`", async () => {
    const answer = (await (await fetch(`${page.url}/regions`)).json()) as { regions: object[]; link: object };

    expect(answer.regions).to.deep.equal([
      { region: east, stack: "prod-east", endpoint: "http://127.0.0.1:9", up: false, state: "up" },
      { region: west, stack: "prod-west", endpoint: "http://127.0.0.1:9", up: false, state: "frozen" },
    ]);
    expect(answer.link).to.deep.equal(status.link);
  });
});
