import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectAccessible, expectNoSidewaysScrolling, untilHolds, visitor } from "./browser";
import { heading, onStage } from "./stage";
import { fillBasket, untilFocused } from "./steps";

describe("Basket drawer in the browser", function () {
  this.timeout(300_000);
  const stage = onStage();

  const choose = async (page: Page) => {
    await page.getByRole("link", { name: /^Basket/ }).focus();
    await page.keyboard.press("Enter");
  };

  const openByKeyboard = async (page: Page) => {
    await choose(page);
    await page.getByRole("dialog", { name: "Basket" }).waitFor();
  };

  it("opens over the page by keyboard, keeps the focus inside, and gives it back", async () => {
    const { page } = stage;
    await fillBasket(page);
    const address = page.url();
    await openByKeyboard(page);
    expect(page.url()).to.equal(address);
    await expectAccessible(page);
    for (let tab = 0; tab < 12; tab++) {
      await page.keyboard.press("Tab");
      // The browser's own bar may have the focus between two rounds.
      expect(await page.locator("main :focus, footer :focus, header nav > :focus").count()).to.equal(0);
    }
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await untilFocused(page, "a[href='/basket']");
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("changes lines, and leads to the checkout", async () => {
    const { page } = stage;
    await fillBasket(page);
    await openByKeyboard(page);
    const drawer = page.getByRole("dialog", { name: "Basket" });
    await drawer.getByRole("combobox", { name: /^Quantity of/ }).selectOption("3");
    const link = page.getByRole("link", { name: /^Basket/ }).first();
    await untilHolds(async () => expect(await link.textContent()).to.match(/3/));
    await drawer.getByRole("link", { name: "Check out" }).click();
    await heading(page, "Check out");
    await untilFocused(page, "h1");
    await page.goBack();
    await page.locator(".product h1").waitFor();
    await openByKeyboard(page);
    await drawer.getByRole("button", { name: /^Remove/ }).click();
    await drawer.getByText("Your basket is empty").waitFor();
    await expectAccessible(page);
  });

  it("opens as a page if its files can't be loaded", async () => {
    const { page } = stage;
    await page.route(/\/assets\/basketDrawer-/, (route) => route.abort());
    await page.goto("/");
    await choose(page);
    await heading(page, "Your basket is empty");
    await page.waitForURL(`${stage.store.url}/basket`);
  });

  it("stays a page for links, and fits a phone in dark", async () => {
    const guest = await visitor(stage.browser, stage.store.url, "phone", "dark");
    try {
      await fillBasket(guest.page);
      await guest.page.getByRole("link", { name: /^Basket/ }).click();
      await guest.page.getByRole("dialog", { name: "Basket" }).waitFor();
      await expectAccessible(guest.page);
      await expectNoSidewaysScrolling(guest.page);
      await guest.page.goto("/basket");
      await heading(guest.page, "Basket");
    } finally {
      await guest.leave();
    }
  });
});
