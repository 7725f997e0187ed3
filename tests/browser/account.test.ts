import { createHmac } from "node:crypto";
import { expect } from "chai";
import { expectAccessible, expectNoSidewaysScrolling } from "./browser";
import { heading, onStage } from "./stage";
import { askForCode, newCustomer, PASSWORD, signIn } from "./steps";

describe("the authenticator app in a browser", () => {
  const stage = onStage();

  it("is set up with its own digits, asked for at sign-in, and turned off again", async () => {
    const { page } = stage;
    const email = await newCustomer(page);
    await page.getByRole("link", { name: "Your account" }).click();
    await heading(page, "Your account");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set up an app" }).click();
    await page.getByRole("img", { name: /The key/ }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page);
    const key = (await page.locator(".secret").textContent())!.replace(/ /g, "");

    await page.getByLabel("Six digits of your app").fill("000000");
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Six digits of your app").fill(digitsOf(key));
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.getByRole("button", { name: "Turn it off" }).waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto("/sign-in?next=/account");
    await signIn(page, email, PASSWORD);
    await heading(page, "Your authenticator app");
    await page.getByLabel("Six digits").fill(digitsOf(key));
    await page.getByRole("button", { name: "Go on" }).click();
    const turnOff = async (password: string, digits: string) => {
      await page.getByLabel("Password").fill(password);
      await page.getByLabel("Six digits of your app").fill(digits);
      await page.getByRole("button", { name: "Turn it off" }).click();
    };
    await turnOff(PASSWORD, "000000");
    await page.getByRole("alert").waitFor();
    await turnOff("Another-Horse-9", digitsOf(key));
    await page.getByRole("alert").waitFor();
    await turnOff(PASSWORD, digitsOf(key));
    await page.getByRole("button", { name: "Set up an app" }).waitFor();
  });

  it("is not got around by a code by mail", async () => {
    const { page } = stage;
    const email = await newCustomer(page);
    await page.goto("/account");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set up an app" }).click();
    const key = (await page.locator(".secret").textContent())!.replace(/ /g, "");
    await page.getByLabel("Six digits of your app").fill(digitsOf(key));
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.getByRole("button", { name: "Turn it off" }).waitFor();
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

/** The six digits that an app shows now (RFC 6238), for a key in Base32. */
function digitsOf(key: string): string {
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
