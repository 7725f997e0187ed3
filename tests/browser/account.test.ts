import { createHmac } from "node:crypto";
import { expect } from "chai";
import { eventually } from "../kit/drill/shopper";
import { expectAccessible, expectNoSidewaysScrolling, untilHolds } from "./browser";
import { newCustomer, PASSWORD, putInBasket } from "./customer";
import { heading, onStage } from "./stage";
import { askForCode, fillBasket, fillCheckout, order, placeOrder, signIn } from "./steps";

describe("Authenticator app in the browser", () => {
  const stage = onStage();

  it("is set up with a code, required at sign-in, and turned off again", async () => {
    const { page } = stage;
    const email = await newCustomer(page, stage.store);
    await page.goto("/basket");
    await page.getByRole("link", { name: "Your account" }).click();
    await heading(page, "Your account");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set up" }).click();
    await page.getByRole("img", { name: /QR code/ }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page);
    const key = (await page.locator(".secret").textContent())!.replace(/ /g, "");

    await page.getByLabel("Code from your app").fill("000000");
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Code from your app").fill(currentCode(key));
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByRole("button", { name: "Turn off" }).waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto("/sign-in?next=/account");
    await signIn(page, email, PASSWORD);
    await heading(page, "Enter the code from your app");
    await expectAccessible(page);
    await page.getByLabel("Code").fill(currentCode(key));
    await page.getByRole("button", { name: "Continue" }).click();
    const turnOff = async (password: string, digits: string) => {
      await page.getByLabel("Password").fill(password);
      await page.getByLabel("Code from your app").fill(digits);
      await page.getByRole("button", { name: "Turn off" }).click();
    };
    await turnOff(PASSWORD, "000000");
    await page.getByRole("alert").waitFor();
    await turnOff("Another-Horse-9", currentCode(key));
    await page.getByRole("alert").waitFor();
    await turnOff(PASSWORD, currentCode(key));
    await page.getByRole("button", { name: "Set up" }).waitFor();
  });

  it("is not bypassed by an emailed code", async () => {
    const { page } = stage;
    const email = await newCustomer(page, stage.store);
    await page.goto("/account");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set up" }).click();
    const key = (await page.locator(".secret").textContent())!.replace(/ /g, "");
    await page.getByLabel("Code from your app").fill(currentCode(key));
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByRole("button", { name: "Turn off" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto("/sign-in");
    await askForCode(page, email);
    await page.getByLabel("Code").fill("0000 0000");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").waitFor();
    const answer = await fetch(`${stage.store.emulator.endpoint}/_ministack/ses/messages`);
    expect(await answer.text()).not.to.match(new RegExp(`${email}[^}]*is your code for`));
  });
});

describe("Saved addresses in the browser", () => {
  const stage = onStage();

  it("are kept at checkout if the customer asks for it, fill the next one, and can be removed", async function () {
    this.timeout(300_000);
    const { page } = stage;
    await newCustomer(page, stage.store);
    await putInBasket(page);
    await page.goto("/checkout");
    expect(await page.getByLabel("Saved addresses").count()).to.equal(0);
    await fillCheckout(page);
    await page.getByLabel("Save this address for my next orders").check();
    const isSaved = page.waitForResponse((answer) => answer.url().endsWith("/api/orders/addresses") && answer.ok());
    await placeOrder(page);
    await isSaved;

    // As in another browser: nothing but the store knows the address.
    await page.evaluate("sessionStorage.clear()");
    await putInBasket(page);
    await page.goto("/checkout");
    await page.getByLabel("Saved addresses").selectOption({ index: 1 });
    await untilHolds(async () => {
      expect(await page.getByLabel("Street and number").inputValue()).to.equal("Main Street 1");
      expect(await page.getByLabel("Postal code").inputValue()).to.equal("12345");
    });
    await expectAccessible(page);

    await page.goto("/account");
    await page.getByText("Ada Example, Main Street 1").waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: /^Remove Ada Example/ }).click();
    await page.getByText("None. You can save one at checkout.").waitFor();
    await page.goto("/checkout");
    await heading(page, "Checkout");
    expect(await page.getByLabel("Saved addresses").count()).to.equal(0);
    expect(stage.guest.complaints).to.deep.equal([]);
  });
});

describe("Account deletion in the browser", () => {
  const stage = onStage();
  afterEach(() => stage.store.providers.controls.releaseShipments());

  it("waits for unfinished orders and a new sign-in, then erases the customer in the store and in the browser", async function () {
    this.timeout(300_000);
    const { page } = stage;
    const { controls } = stage.store.providers;
    const email = await newCustomer(page, stage.store);
    controls.holdShipments();
    const orderId = await order(page);
    await fillBasket(page);
    await page.getByRole("link", { name: "Your account" }).click();
    const ask = page.getByRole("button", { name: "Delete account…" });
    await ask.click();
    const dialog = page.getByRole("dialog", { name: "Delete your account?" });
    await dialog.getByText("your saved addresses").waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.locator("button:focus", { hasText: "Delete account…" }).waitFor();

    await ask.click();
    const confirm = dialog.getByRole("button", { name: "Delete account", exact: true });
    await confirm.click();
    await dialog.getByRole("alert").waitFor();
    expect(await dialog.getByRole("link", { name: "See the order" }).getAttribute("href")).to.equal(
      `/orders/${orderId}`,
    );
    await expectAccessible(page);
    controls.releaseShipments();

    // As after 15 minutes.
    const refusal = {
      type: "/problems/sign-in-too-old",
      title: "Sign-in too old",
      status: 403,
      detail: "Sign in again.",
    };
    await page.route("**/api/orders/account", (route) =>
      route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(refusal) }),
    );
    await confirm.click();
    await dialog.getByRole("button", { name: "Sign in again" }).click();
    await page.unroute("**/api/orders/account");
    await heading(page, "Sign in");
    await signIn(page, email, PASSWORD);
    await dialog.waitFor();

    const deleted = page.getByRole("heading", { name: "Your account is deleted", level: 1 });
    // The parcel arrives within seconds.
    await eventually(
      "the order is finished and the account deleted",
      async () => {
        if (!(await deleted.isVisible())) await confirm.click({ timeout: 5_000 });
        await deleted.or(dialog.getByRole("alert")).first().waitFor();
        return await deleted.isVisible();
      },
      120_000,
    );
    await page.locator("h1:focus", { hasText: "Your account is deleted" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    await untilHolds(async () => {
      const kept = await page.evaluate<string>("JSON.stringify({ ...localStorage, ...sessionStorage })");
      expect(kept).not.to.contain("Ada Example");
      expect(JSON.parse(kept)).to.include({ "stayopen.basket": "[]" });
      expect(JSON.parse(kept)).not.to.have.any.keys("stayopen.session", "stayopen.viewed");
    });

    // The eraser has been called, and does not wait for its schedule.
    const signOut = page.getByRole("button", { name: "Sign out" });
    await eventually("the account is gone", async () => {
      await page.goto("/sign-in");
      await signIn(page, email, PASSWORD);
      await page.getByRole("alert").or(signOut).first().waitFor();
      if (await signOut.isVisible()) await signOut.click();
      return await page.getByText("Email or password is incorrect").isVisible();
    });
    expect(stage.guest.complaints).to.deep.equal([]);
  });
});

/** Computes an app's current code (RFC 6238) from a Base32 key. */
function currentCode(key: string): string {
  const bits = [...key]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = mac.at(-1)! & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
