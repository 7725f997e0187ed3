import { createHmac } from "node:crypto";
import { expect } from "chai";
import { expectAccessible, expectNoSidewaysScrolling } from "./browser";
import { heading, onStage } from "./stage";
import { askForCode, newCustomer, PASSWORD, signIn } from "./steps";

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
