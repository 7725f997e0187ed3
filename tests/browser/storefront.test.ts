import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { type Store, startStore } from "../../local/store";
import {
  expectAccessible,
  expectNoSidewaysScrolling,
  keepPicture,
  launchBrowser,
  type Visitor,
  visitor,
} from "./browser";
import { fillBasket, fillCheckout, newCustomer, newEmail, order, PASSWORD, search, signIn, signUp } from "./steps";

describe("the storefront in a browser", () => {
  let dataDir: string;
  let store: Store;
  let browser: Browser;
  let guest: Visitor;
  let page: Page;

  before(async function () {
    this.timeout(120_000);
    dataDir = mkdtempSync(join(tmpdir(), "storefront-"));
    [store, browser] = await Promise.all([startStore({ dataDir, fresh: true, port: 0 }), launchBrowser()]);
    await untilSearchable();
  });

  after(async () => {
    await browser?.close();
    await store?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    guest = await visitor(browser, store.url);
    page = guest.page;
  });

  afterEach(async function () {
    store.outside.controls.clearFaults();
    if (this.currentTest?.state === "failed") await keepPicture(page, this.currentTest.title);
    await guest.leave();
  });

  /** The catalogue is searchable about a second after it was stored. */
  async function untilSearchable(): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const answer = await fetch(`${store.url}/api/catalogue/search?q=kettle`);
      if (answer.ok && ((await answer.json()) as { total: { count: number } }).total.count > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error("No kettle can be found in the sample catalogue.");
  }

  const heading = (name: string | RegExp) => page.getByRole("heading", { name, level: 1 }).waitFor();

  it("finds a product whose name was typed wrong, and says that it guessed", async () => {
    await page.goto("/");
    await search(page, "electirc ketle");
    await page.getByText(/as typed\. These come close/).waitFor();
    await page
      .getByRole("link", { name: /kettle/i })
      .first()
      .click();
    await heading(/kettle/i);
    expect(page.url()).to.include("/products/");
  });

  it("suggests products while someone types, and opens one by the keyboard alone", async () => {
    await page.goto("/");
    await page.getByRole("combobox", { name: "Search products" }).pressSequentially("kett");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await heading(/kettle/i);
  });

  it("narrows a search by facets that an address remembers, and widens it again by going back", async () => {
    await page.goto("/");
    const status = page.getByRole("status").first();
    await status.filter({ hasText: /products/ }).waitFor();
    const all = await status.textContent();
    await page.getByRole("checkbox", { name: /^Kitchen/ }).check();
    await page.waitForURL(/category=Kitchen/);
    await status.filter({ hasNotText: all! }).waitFor();
    await page.reload();
    expect(await page.getByRole("checkbox", { name: /^Kitchen/ }).isChecked()).to.equal(true);
    await page.goBack();
    await status.filter({ hasText: all! }).waitFor();
  });

  it("shows more products on demand, each of them once", async () => {
    await page.goto("/");
    await page.getByRole("button", { name: "Show more" }).click();
    await page.locator(".card").nth(30).waitFor();
    const links = await page.locator(".card a").evaluateAll((found) => found.map((link) => link.getAttribute("href")));
    expect(new Set(links).size).to.equal(links.length);
  });

  it("takes a new customer from the basket through sign-up to a delivered order", async function () {
    this.timeout(120_000);
    await fillBasket(page);
    await page.goto("/basket");
    await page.getByRole("link", { name: "Check out" }).click();
    await heading("Sign in");
    await signUp(page, newEmail());
    await heading("Checkout");
    await fillCheckout(page);
    await page.getByRole("button", { name: /^Order for/ }).click();

    await page.getByText("Thank you!").waitFor();
    const orderId = new URL(page.url()).pathname.split("/").pop()!;
    await page.getByRole("heading", { name: "Delivered", level: 1 }).waitFor({ timeout: 90_000 });
    const times = page.getByRole("list", { name: "The order's way" }).locator("time");
    expect(await times.count()).to.equal(5);
    expect(store.outside.controls.book(orderId)).to.have.property("captures").with.length(1);
    expect(store.outside.controls.book(orderId)).to.have.property("shipments").with.length(1);

    expect(await page.getByRole("link", { name: /^Basket/ }).textContent()).to.match(/Basket0/);
    await page.getByRole("link", { name: "Orders", exact: true }).click();
    await page.getByRole("link", { name: /Delivered/ }).waitFor();
    expect(guest.complaints).to.deep.equal([]);
  });

  it("cancels an order that was not yet paid", async function () {
    this.timeout(120_000);
    await newCustomer(page);
    const gate = store.outside.controls.gate({ system: "payment", operation: "authorize", when: "before" });
    const orderId = await order(page);
    await page.getByRole("button", { name: "Cancel this order" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel the order" }).click();
    await page.getByText("You asked to cancel").waitFor();
    gate.open();

    await page.getByRole("heading", { name: "Cancelled", level: 1 }).waitFor({ timeout: 60_000 });
    expect(store.outside.controls.book(orderId)).to.have.property("paidAmount", 0);
    expect(await page.getByRole("button", { name: "Cancel this order" }).count()).to.equal(0);
  });

  it("tells why an order was cancelled when the card is declined", async function () {
    this.timeout(120_000);
    await newCustomer(page);
    await order(page, "4000000000000002");
    await page.getByRole("heading", { name: "Cancelled", level: 1 }).waitFor({ timeout: 60_000 });
    await page.getByText(/The payment was declined/).waitFor();
  });

  it("makes one order of a request whose answer was lost, although it was sent again", async () => {
    await newCustomer(page);
    const keys: (string | undefined)[] = [];
    await page.route("**/api/orders", async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      keys.push(route.request().headers()["idempotency-key"]);
      if (keys.length > 1) return route.fallback();
      await route.fetch();
      return route.abort("connectionreset");
    });
    await order(page);
    expect(keys).to.have.length(2);
    expect(keys[0]).to.equal(keys[1]);
    await page.goto("/orders");
    await page.locator(".order-list li").first().waitFor();
    expect(await page.locator(".order-list li").count()).to.equal(1);
  });

  it("keeps an order that got no answer at all, over a reload, until it can be sent again", async () => {
    await newCustomer(page);
    await fillBasket(page);
    await page.goto("/checkout");
    await page.route("**/api/orders", (route) =>
      route.request().method() === "POST" ? route.abort("connectionrefused") : route.fallback(),
    );
    await fillCheckout(page);
    await page.getByRole("button", { name: /^Order for/ }).click();
    await heading("One order is still open");
    await page.unroute("**/api/orders");
    await page.reload();
    await page.getByRole("button", { name: "Send it again" }).click();
    await page.getByText("Thank you!").waitFor();
  });

  it("asks again when the total has changed, and orders nothing meanwhile", async () => {
    await newCustomer(page);
    // The page sees yesterday's price: one cent less.
    await page.route("**/api/catalogue/products/*", async (route) => {
      const response = await route.fetch();
      const product = await response.json();
      product.price.amount -= 1;
      await route.fulfill({ response, json: product });
    });
    await fillBasket(page);
    await page.goto("/checkout");
    await fillCheckout(page);
    await page.getByRole("button", { name: /^Order for/ }).click();
    await page.getByRole("dialog", { name: "The total has changed" }).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Not now" }).click();
    await page.getByRole("button", { name: /^Order for/ }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Order for/ })
      .click();
    await page.getByText("Thank you!").waitFor();
    await page.goto("/orders");
    await page.locator(".order-list li").first().waitFor();
    expect(await page.locator(".order-list li").count()).to.equal(1);
  });

  it("finds typing errors in a card number and an expired card before anything is sent", async () => {
    await newCustomer(page);
    await fillBasket(page);
    await page.goto("/checkout");
    await fillCheckout(page, "4242424242424241");
    await page.getByLabel("Good until").fill("0120");
    await page.getByRole("button", { name: /^Order for/ }).click();
    await page.getByText("Check the number: it has a typing error.").waitFor();
    await page.getByText("This card has expired.").waitFor();
    expect(new URL(page.url()).pathname).to.equal("/checkout");
  });

  it("sends neither card nor password in clear", async () => {
    const sent: string[] = [];
    page.on("request", (request) => sent.push(request.url() + (request.postData() ?? "")));
    const email = await newCustomer(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    sent.length = 0;
    await page.getByRole("link", { name: "Sign in" }).click();
    await signIn(page, email, PASSWORD);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await order(page);
    expect(sent.join("\n")).to.include("SRP_A");
    expect(sent.join("\n")).not.to.match(/Correct-Horse|4242 ?4242/);
  });

  it("says the same to a wrong password and to an address that nobody has", async () => {
    const email = await newCustomer(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    for (const [who, password] of [
      [email, "Wrong-Horse-10"],
      [newEmail(), PASSWORD],
    ] as const) {
      await page.goto("/sign-in");
      await signIn(page, who, password);
      expect(await page.getByRole("alert").textContent()).to.equal("E-mail or password is wrong.");
    }
  });

  it("goes on with confirming when somebody signs in who never did", async () => {
    const email = newEmail();
    await page.goto("/sign-up");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign up" }).click();
    await heading("Confirm your e-mail");
    await page.goto("/sign-in");
    await signIn(page, email, PASSWORD);
    await heading("Confirm your e-mail");
  });

  it("stays signed in over a reload, and is signed out in every place after signing out", async () => {
    await newCustomer(page);
    await page.goto("/orders");
    await heading("My orders");
    await page.reload();
    await heading("My orders");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    await page.goto("/orders");
    await heading("Sign in");
  });

  it("shows nobody else's order", async () => {
    await newCustomer(page);
    const orderId = await order(page);
    const other = await visitor(browser, store.url);
    await newCustomer(other.page);
    await other.page.goto(`/orders/${orderId}`);
    await other.page.getByText("There is nothing at this address.").waitFor();
    await other.leave();
  });

  it("never leads anywhere else after signing in", async () => {
    const email = await newCustomer(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto(`/sign-in?${new URLSearchParams({ next: "//example.com/" })}`);
    await signIn(page, email, PASSWORD);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    expect(page.url()).to.equal(`${store.url}/`);
  });

  it("opens every page by its address, and answers what is no page with an error", async () => {
    for (const path of ["/basket", "/sign-up", "/no-such-page"]) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
    }
    expect((await page.request.get("/assets/gone-Ab12Cd34.js")).status()).to.equal(404);
    const api = await page.request.get("/api/catalogue/products/no-such-product");
    expect(api.status()).to.equal(404);
    expect(api.headers()["content-type"]).to.include("application/problem+json");
  });

  it("is delivered with the headers that protect it, and caches only what never changes", async () => {
    const answer = await page.goto("/");
    const headers = await answer!.allHeaders();
    expect(headers["content-security-policy"]).to.include("default-src 'none'");
    expect(headers["strict-transport-security"]).to.match(/max-age=\d{8}/);
    expect(headers).to.include({ "x-content-type-options": "nosniff", "cache-control": "no-cache" });
    const script = await page.locator("script[src]").first().getAttribute("src");
    const asset = await page.request.get(script!);
    expect(asset.headers()["cache-control"]).to.equal("public, max-age=31536000, immutable");
  });

  for (const screen of ["desk", "phone"] as const) {
    it(`can be used by everybody on a ${screen}`, async function () {
      this.timeout(120_000);
      const someone = await visitor(browser, store.url, screen);
      const checked = async (path?: string) => {
        if (path) await someone.page.goto(path);
        await someone.page.getByRole("heading", { level: 1 }).waitFor();
        await expectNoSidewaysScrolling(someone.page);
        await expectAccessible(someone.page);
      };
      await someone.page.goto("/");
      await someone.page.locator(".card").first().waitFor();
      await checked();
      await checked("/?q=kettle");
      await checked("/sign-in");
      await checked("/sign-up");
      await newCustomer(someone.page);
      await fillBasket(someone.page);
      await checked();
      await checked("/basket");
      await checked("/checkout");
      await order(someone.page);
      await checked();
      await checked("/orders");
      expect(someone.complaints).to.deep.equal([]);
      await someone.leave();
    });
  }
});
