import { expect } from "chai";
import { expectAccessible, expectNoSidewaysScrolling, firstVisitor, untilHolds, visitor } from "./browser";
import { newCustomer, newEmail, PASSWORD } from "./customer";
import { heading, onStage } from "./stage";
import { order, search, signUp } from "./steps";

const SEARCH = "**/api/catalogue/search?*";

/** Fills in a code as soon as its field is in the document, before the paint, as a browser or a password manager may. */
const FILL_CODE = `
  new MutationObserver((_, observer) => {
    const field = document.querySelector('[name="code"]');
    if (!field) return;
    observer.disconnect();
    field.value = "123456";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }).observe(document, { childList: true, subtree: true });
`;

describe("States of pages in the browser", () => {
  const stage = onStage();

  it("shows no products of another query while a search is slow, and says that it is slow", async () => {
    const { page } = stage;
    await page.goto("/?q=kettle");
    await page.locator(".card a").first().waitFor();
    let isReleased = false;
    await page.route(SEARCH, async (route) => {
      while (!isReleased) await new Promise((resolve) => setTimeout(resolve, 50));
      await route.fallback();
    });
    await search(page, "lamp");
    await heading(page, "Results for “lamp”");
    expect(await page.locator(".card a").count()).to.equal(0);
    await page.getByText("This is taking longer than usual.").waitFor();
    await expectAccessible(page);
    isReleased = true;
    await page.locator(".card a").first().waitFor();
  });

  it("offers a retry when a search fails, and shows no earlier products", async () => {
    const { page } = stage;
    await page.goto("/?q=kettle");
    await page.locator(".card a").first().waitFor();
    await page.route(SEARCH, (route) => route.fulfill({ status: 503, body: "" }));
    await search(page, "lamp");
    await page.getByRole("alert").waitFor();
    expect(await page.locator(".card a").count()).to.equal(0);
    await expectAccessible(page);
    await page.unroute(SEARCH);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".card a").first().waitFor();
  });

  it("says that the browser is offline, and continues once it is online", async () => {
    const { page } = stage;
    await page.goto("/");
    const product = page.locator(".card a").first();
    await product.waitFor();
    await page.context().setOffline(true);
    await product.click();
    await page.getByText("You are offline.").first().waitFor();
    await expectAccessible(page);
    await page.context().setOffline(false);
    await heading(page, /./);
    await page.getByRole("button", { name: "Add to basket" }).waitFor();
  });

  it("says that a product or page does not exist, without a retry", async () => {
    await stage.page.goto("/products/no-such-product");
    await heading(stage.page, "Product not found");
    await untilHolds(async () => expect(await stage.page.title()).to.equal("Product not found – stayopen"));
    expect(await stage.page.getByRole("button", { name: "Try again" }).count()).to.equal(0);
    await expectAccessible(stage.page);
    await stage.page.goto("/no-such-page");
    await heading(stage.page, "Page not found");
    await expectAccessible(stage.page);
    await stage.page.goto("/?q=qqqqqqqq");
    await stage.page.getByText("No results for “qqqqqqqq”.").waitFor();
    await expectAccessible(stage.page);
    await stage.page.goto("/basket");
    await stage.page.getByText("Your basket is empty").waitFor();
    await expectAccessible(stage.page);
  });

  it("says that it is too late to cancel, in place of the open question", async function () {
    this.timeout(300_000);
    await newCustomer(stage.page, stage.store);
    const { controls } = stage.store.providers;
    const gate = controls.gate({ system: "payment", operation: "authorize", when: "before" });
    await order(stage.page);
    await stage.page.getByRole("button", { name: "Cancel order" }).click();
    await stage.page.getByRole("dialog").waitFor();
    await expectAccessible(stage.page);
    gate.open();
    await stage.page.getByText("It is too late to cancel this order.").waitFor({ timeout: 240_000 });
    await expectAccessible(stage.page);
    expect(await stage.page.getByRole("dialog").count()).to.equal(0);
  });

  it("keeps the layout in place on a phone while products and filters arrive", async () => {
    const phone = await firstVisitor(stage.browser, stage.store.url, "phone");
    await phone.page.addInitScript(`
      window.layoutShift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.layoutShift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    `);
    await phone.page.route("**/api/catalogue/**", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.fallback();
    });
    for (const path of ["/", "/?q=kettle"]) {
      await phone.page.goto(path);
      await phone.page.locator(".card a").first().waitFor();
      expect(await phone.page.evaluate<number>("window.layoutShift"), path).to.be.at.most(0.02);
    }
    await phone.leave();
  });

  it("loads little JavaScript at first, and the largest picture without waiting", async () => {
    const phone = await firstVisitor(stage.browser, stage.store.url, "phone");
    await phone.page.addInitScript(`
      new PerformanceObserver((list) => (window.largest = list.getEntries().at(-1)?.element)).observe({
        type: "largest-contentful-paint",
        buffered: true,
      });
    `);
    await phone.page.goto("/");
    await phone.page.locator(".card a").first().waitFor();
    await phone.page.waitForLoadState("networkidle");
    const bytes = await phone.page.evaluate<number>(`
      performance.getEntriesByType("resource").filter(({ name }) => /\\.js$/.test(name))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
    `);
    expect(bytes).to.be.within(1_000, 55_000);
    expect(await phone.page.evaluate("window.largest?.getAttribute('loading')")).not.to.equal("lazy");
    await phone.leave();
  });

  it("draws pictures and filters of a phone when they come near", async () => {
    const phone = await firstVisitor(stage.browser, stage.store.url, "phone");
    await phone.page.goto("/");
    await phone.page.locator("#products .card a").nth(20).waitFor();
    const lastDrawing = phone.page.locator("#products .drawing").last();
    expect(await lastDrawing.locator("path").count()).to.equal(0);
    await lastDrawing.scrollIntoViewIfNeeded();
    await lastDrawing.locator("path").first().waitFor();

    const filters = phone.page.locator(".facets");
    expect(await filters.getByRole("checkbox").count()).to.equal(0);
    await filters.locator("summary").first().click();
    await filters.getByRole("checkbox", { name: /Kitchen/ }).check();
    await heading(phone.page, "Kitchen");
    await phone.page.locator(".products:not(.stale)").waitFor();
    await expectAccessible(phone.page);
    await phone.leave();
  });

  it("breaks a long email address on a phone", async () => {
    const phone = await visitor(stage.browser, stage.store.url, "phone");
    await phone.page.goto("/sign-in");
    await signUp(phone.page, `${"a".repeat(50)}.${newEmail()}`);
    await phone.page.getByRole("link", { name: "Your account" }).click();
    await heading(phone.page, "Your account");
    await expectNoSidewaysScrolling(phone.page);
    await phone.leave();
  });
});

describe("Sign-in steps in the browser", () => {
  const stage = onStage();

  it("keeps the confirmation of a new account over a reload", async () => {
    const { page } = stage;
    const email = newEmail();
    await page.goto("/sign-up?next=/orders");
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await heading(page, "Confirm your email");
    await page.waitForURL(/step=confirm/);
    await untilHolds(async () => expect(await page.title()).to.equal("Confirm your email – stayopen"));
    await page.addInitScript(FILL_CODE);
    await page.reload();
    await heading(page, "Confirm your email");
    await page.getByText(email).waitFor();
    await expectAccessible(page);
    expect(await page.getByLabel("Code").inputValue(), "filled in before the paint").to.equal("123456");
    await page.getByRole("button", { name: "Confirm" }).click();
    await heading(page, "Sign in");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await heading(page, "My orders");
    expect(await page.evaluate<number>("sessionStorage.length")).to.equal(0);
  });

  it("keeps the reset of a password over a reload, with the account for password managers", async () => {
    const { page } = stage;
    const email = newEmail();
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Forgot your password?" }).click();
    await page.getByLabel("Email").fill(email);
    await page.getByRole("button", { name: "Send code" }).click();
    await heading(page, "Choose a new password");
    await page.reload();
    await heading(page, "Choose a new password");
    expect(await page.locator('[autocomplete="username"]').inputValue()).to.equal(email);
    await page.goBack();
    await heading(page, "Reset your password");
    await expectAccessible(page);
  });

  it("keeps the emailed code's step over a reload", async () => {
    const { page } = stage;
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in with an emailed code" }).click();
    await heading(page, "Sign in with a code");
    await page.getByLabel("Email").fill(newEmail());
    await page.getByRole("button", { name: "Email me a code" }).click();
    await heading(page, "Enter your code");
    await page.reload();
    await heading(page, "Enter your code");
  });
});
