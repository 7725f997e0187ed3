import { createHmac } from "node:crypto";
import { expect } from "chai";
import { expectAccessible, expectNoSidewaysScrolling } from "./browser";
import { heading, onStage } from "./stage";
import { askForCode, fillBasket, fillCheckout, newCustomer, PASSWORD, signIn } from "./steps";

describe("Authenticator app in the browser", () => {
  const stage = onStage();

  it("is set up with a code, required at sign-in, and turned off again", async () => {
    const { page } = stage;
    const email = await newCustomer(page);
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
    const email = await newCustomer(page);
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
    await newCustomer(page);
    await fillBasket(page);
    await page.goto("/checkout");
    expect(await page.getByLabel("Saved addresses").count()).to.equal(0);
    await fillCheckout(page);
    await page.getByLabel("Save this address for my next orders").check();
    const isSaved = page.waitForResponse((answer) => answer.url().endsWith("/api/orders/addresses") && answer.ok());
    await page.getByRole("button", { name: /^Place order/ }).click();
    await page.waitForURL(/\/orders\/./, { timeout: 240_000 });
    await isSaved;

    // As in another browser: nothing but the store knows the address.
    await page.evaluate("sessionStorage.clear()");
    await fillBasket(page);
    await page.goto("/checkout");
    await page.getByLabel("Saved addresses").selectOption({ index: 1 });
    expect(await page.getByLabel("Street and number").inputValue()).to.equal("Main Street 1");
    expect(await page.getByLabel("Postal code").inputValue()).to.equal("12345");
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
