import { expect } from "chai";
import type { Page } from "playwright-core";
import { untilHolds } from "./browser";
import { newCustomer, putInBasket } from "./customer";
import { heading, onStage } from "./stage";
import { fillCard, fillCheckout, order, untilFocused } from "./steps";

const TAB_STOPS = 15;

describe("Keyboard and focus in the browser", () => {
  const stage = onStage();

  it("moves the focus to the heading of each new page", async () => {
    const { page } = stage;
    await page.goto("/");
    await page.locator(".card a").first().click();
    await heading(page, /./);
    await untilFocused(page, "h1");
    await page.getByRole("link", { name: "Sign in" }).click();
    await heading(page, "Sign in");
    await untilFocused(page, "h1");
    await page.goBack();
    await untilFocused(page, ".product h1");
  });

  it("keeps the focus on a filter that changes the results", async () => {
    await stage.page.goto("/");
    const box = stage.page.getByRole("checkbox", { name: /^Kitchen/ });
    await box.focus();
    await stage.page.keyboard.press("Space");
    await stage.page.waitForURL(/category=Kitchen/);
    await stage.page.locator(".products:not(.stale) .card a").first().waitFor();
    expect(await box.and(stage.page.locator(":focus")).count()).to.equal(1);
  });

  it(`reaches the first product in at most ${TAB_STOPS} tab stops, or by the skip link`, async () => {
    const { page } = stage;
    await page.goto("/");
    await page.locator(".card a").first().waitFor();
    let stops = 0;
    do {
      await page.keyboard.press("Tab");
      stops++;
    } while (stops <= TAB_STOPS && (await page.locator(".card a:focus").count()) === 0);
    expect(stops).to.be.at.most(TAB_STOPS);

    await page.reload();
    await page.locator(".card a").first().waitFor();
    await page.keyboard.press("Tab");
    await page.getByRole("link", { name: "Skip to content" }).press("Enter");
    await untilFocused(page, "#products");
  });

  it("returns the focus to the button that opened a dialog", async function () {
    this.timeout(300_000);
    await newCustomer(stage.page, stage.store);
    const gate = stage.store.providers.controls.gate({ system: "payment", operation: "authorize", when: "before" });
    await order(stage.page);
    await stage.page.getByRole("button", { name: "Cancel order" }).click();
    await stage.page.getByRole("dialog").waitFor();
    await stage.page.keyboard.press("Escape");
    await stage.page.getByRole("dialog").waitFor({ state: "detached" });
    await untilFocused(stage.page, ".button-danger");
    gate.open();
  });

  it("moves the focus to the first invalid field of any kind, not hidden by the header", async () => {
    const { page } = stage;
    await newCustomer(page, stage.store);
    await putInBasket(page);
    await page.goto("/checkout");
    const submit = page.getByRole("button", { name: /^Place order/ });
    await submit.click();
    await untilFocused(page, '[name="name"]');
    await untilHolds(async () => expect(await page.getByText("This field is required.").count()).to.equal(4));
    await fillCheckout(page, "4242424242424241");
    await page.getByLabel("Postal code").fill("1");
    await page.getByLabel("Mobile phone").fill("123");
    await submit.click();
    await untilFocused(page, '[name="postalCode"]');
    await page.getByText("Enter a postal code like 10001.").waitFor();
    await untilHolds(async () => {
      const [top, header] = await page.evaluate<[number, number]>(
        `[document.activeElement.getBoundingClientRect().top, document.querySelector("header").getBoundingClientRect().bottom]`,
      );
      expect(top).to.be.at.least(header);
    });
    await page.getByLabel("Postal code").fill("10001");
    await submit.click();
    await untilFocused(page, '[name="phone"]');
    await page.getByLabel("Mobile phone").fill("+1 555 010 0100");
    await submit.click();
    await untilFocused(page, '[name="cardNumber"]');
    await fillCard(page);
    await page.getByLabel("Expiry date").fill("0120");
    await submit.click();
    await untilFocused(page, '[name="expiry"]');
  });

  it("orders a product by keyboard alone, from the search to the confirmation", async function () {
    this.timeout(180_000);
    const { page } = stage;
    await newCustomer(page, stage.store);
    const { keyboard } = page;
    await page.goto("/");
    await tabTo(page, '[role="combobox"]');
    await keyboard.type("kettle");
    await keyboard.press("Enter");
    await heading(page, "Results for “kettle”");
    await page.locator("#products .card a").first().waitFor();
    await tabTo(page, "#products .card a");
    await keyboard.press("Enter");
    await page.waitForURL(/\/products\/./);
    const first = page.url();

    await page.locator(".variant").first().waitFor();
    await tabTo(page, ".variant input");
    await keyboard.press("ArrowRight");
    await page.waitForURL((url) => url.href !== first);
    await untilFocused(page, ".variant input:checked");
    await keyboard.press("ArrowLeft");
    await page.waitForURL(first);
    await untilFocused(page, ".variant input:checked");

    await tabTo(page, '.add button[type="submit"]');
    await keyboard.press("Space");
    await page.getByRole("link", { name: "Go to basket" }).waitFor();
    await tabTo(page, 'main a[href="/basket"]');
    await keyboard.press("Enter");
    await heading(page, "Basket");
    await tabTo(page, 'a[href="/checkout"]');
    await keyboard.press("Enter");
    await heading(page, "Checkout");
    const typed = {
      name: "Ada Example",
      street: "Main Street 1",
      postalCode: "12345",
      city: "Springfield",
      country: "United States",
      cardNumber: "4242424242424242",
      expiry: "1249",
      securityCode: "123",
    };
    for (const [name, value] of Object.entries(typed)) {
      await tabTo(page, `main [name="${name}"]`);
      await keyboard.type(value);
    }
    await tabTo(page, 'main form button[type="submit"]:not(:disabled)');
    await keyboard.press("Enter");
    await page.waitForURL(/\/orders\/./, { timeout: 60_000 });
    await untilFocused(page, "h1");
  });

  it("names every field for the browser", async () => {
    const unnamed = "form :is(input, select, textarea):not([name])";
    for (const path of ["/sign-in", "/sign-up", "/basket"]) {
      await stage.page.goto(path);
      await stage.page.getByRole("heading", { level: 1 }).waitFor();
      expect(await stage.page.locator(unnamed).count(), path).to.equal(0);
    }
    await newCustomer(stage.page, stage.store);
    await putInBasket(stage.page);
    await stage.page.goto("/checkout");
    await heading(stage.page, "Checkout");
    expect(await stage.page.locator("input:not([name]), select:not([name])").count()).to.equal(0);
  });
});

/** Presses Tab until the element has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  const target = page.locator(selector);
  await target.first().waitFor();
  const isThere = async () => (await target.and(page.locator(":focus")).count()) > 0;
  for (let stops = 0; !(await isThere()); stops++) {
    if (stops === 80) throw new Error(`80 tab stops do not reach ${selector}.`);
    await page.keyboard.press("Tab");
  }
}
