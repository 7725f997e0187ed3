import { expect } from "chai";
import { CODES_PATH } from "../../../domain/auth";
import { expectAccessible, expectNoSidewaysScrolling, visitor } from "../browser";
import { CONFIRMATION_CODE, newAccount, newEmail, putInBasket } from "../customer";
import { heading, onStage } from "../stage";
import { fillCheckout, mailedCode, untilFocused } from "../steps";

describe("Checkout as a guest in the browser", function () {
  this.timeout(300_000);
  const stage = onStage();

  it("orders with an address and a code, without a password or another page", async () => {
    const { page } = stage;
    const email = newEmail();
    await putInBasket(page);
    await page.goto("/checkout");
    await heading(page, "Check out");
    await expectAccessible(page);
    await page.getByLabel("Email").fill(email);
    await page.getByRole("button", { name: "Continue" }).click();
    await heading(page, "Enter your code");
    await expectAccessible(page);
    // The step is in the address, and its code is still valid after a reload.
    await page.reload();
    await heading(page, "Enter your code");
    await page.getByLabel("Code").fill(CONFIRMATION_CODE);
    await page.getByRole("button", { name: "Continue to delivery" }).click();
    await heading(page, "Checkout");
    await page.waitForURL(`${stage.store.url}/checkout`);
    await untilFocused(page, "h1");
    expect(await page.getByLabel("Email").inputValue()).to.equal(email);
    await fillCheckout(page);
    await page.getByRole("button", { name: /^Place order/ }).click();
    await page.getByText("Thank you!").waitFor();
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("mails a code to an address whose code was never entered, in another tab or on another device", async () => {
    const email = newEmail();
    const other = await visitor(stage.browser, stage.store.url, "desktop", "light");
    try {
      for (const { page } of [stage.guest, other]) {
        await putInBasket(page);
        await page.goto("/checkout");
        await page.getByLabel("Email").fill(email);
        await page.getByRole("button", { name: "Continue" }).click();
        await heading(page, "Enter your code");
      }
      const { page } = other;
      await page.getByLabel("Code").fill(await mailedCode(stage.store.emulator.endpoint, email));
      await page.getByRole("button", { name: "Continue to delivery" }).click();
      await heading(page, "Checkout");
    } finally {
      await other.leave();
    }
  });

  it("sends a new code, which takes the place of the first", async () => {
    const { page } = stage;
    const email = newEmail();
    await putInBasket(page);
    await page.goto("/checkout");
    await page.getByLabel("Email").fill(email);
    await page.getByRole("button", { name: "Continue" }).click();
    await heading(page, "Enter your code");
    const request = page.waitForRequest(
      (sent) => sent.method() === "POST" && new URL(sent.url()).pathname === CODES_PATH,
    );
    await page.getByRole("button", { name: "Send a new code" }).click();
    expect((await request).headers()["accept-language"]).to.equal("en");
    await page.getByText("We sent a new code.").waitFor();
    await page.getByLabel("Code").fill(await mailedCode(stage.store.emulator.endpoint, email));
    await page.getByRole("button", { name: "Continue to delivery" }).click();
    await heading(page, "Checkout");
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("signs a known customer in with a mailed code, in place", async () => {
    const { page } = stage;
    const email = await newAccount(stage.store);
    await putInBasket(page);
    await page.goto("/checkout");
    await page.getByLabel("Email").fill(email);
    await page.getByRole("button", { name: "Continue" }).click();
    await heading(page, "Enter your code");
    await page.getByLabel("Code").fill("0000 0000");
    await page.getByRole("button", { name: "Continue to delivery" }).click();
    await page.getByRole("alert").filter({ hasText: "This code is incorrect or has expired." }).waitFor();
    await expectAccessible(page);
    await page.getByLabel("Code").fill(await mailedCode(stage.store.emulator.endpoint, email));
    await page.getByRole("button", { name: "Continue to delivery" }).click();
    await heading(page, "Checkout");
    expect(await page.getByRole("link", { name: /^Basket/ }).textContent()).to.match(/1/);
  });

  it("is usable in dark on a phone", async () => {
    const guest = await visitor(stage.browser, stage.store.url, "phone", "dark");
    try {
      await putInBasket(guest.page);
      await guest.page.goto("/checkout");
      await heading(guest.page, "Check out");
      await expectAccessible(guest.page);
      await expectNoSidewaysScrolling(guest.page);
    } finally {
      await guest.leave();
    }
  });
});
