import { expect } from "chai";
import { expectAccessible, expectNoSidewaysScrolling } from "./browser";
import { heading, onStage } from "./stage";
import { askForCode, enterCode, mailedCode, newCustomer, newEmail, PASSWORD, signIn } from "./steps";

const WRONG = "This code is not the right one, or too old. Look again, or have a new one sent.";

describe("signing in by a mailed code in a browser", () => {
  const stage = onStage();

  /** A new customer, signed out again. */
  async function customer(): Promise<string> {
    const email = await newCustomer(stage.page);
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.getByRole("link", { name: "Sign in" }).waitFor();
    return email;
  }

  function kept<Value>(field: string): Promise<Value> {
    return stage.page.evaluate<Value>(`JSON.parse(localStorage.getItem("stayopen.session"))${field}`);
  }

  it("lets a customer in without the password, under the same customer id, and back to where he was", async () => {
    const email = await newCustomer(stage.page);
    const claims = `.accessToken.split(".")[1]`;
    const before = JSON.parse(Buffer.from(await kept<string>(claims), "base64url").toString());
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.goto("/sign-in?next=/orders");
    await askForCode(stage.page, email.toUpperCase());
    await enterCode(stage.page, await mailedCode(stage.store.emulator.endpoint, email));
    await heading(stage.page, "My orders");
    const after = JSON.parse(Buffer.from(await kept<string>(claims), "base64url").toString());
    expect(after.customerId).to.be.a("string").and.to.equal(before.customerId);
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("says the same of a wrong code, whether or not anybody has the address, and mails nothing to nobody", async () => {
    const nobody = newEmail();
    for (const email of [await customer(), nobody]) {
      await stage.page.goto("/sign-in");
      await askForCode(stage.page, email);
      expect(await stage.page.locator("form p").first().textContent()).to.match(/^If \S+ belongs to a customer/);
      await enterCode(stage.page, "0000 0000");
      expect(await stage.page.getByRole("alert").textContent()).to.equal(WRONG);
    }
    const answer = await fetch(`${stage.store.emulator.endpoint}/_ministack/ses/messages`);
    expect(await answer.text()).not.to.include(nobody);
  });

  it("takes a code three times at most", async () => {
    const email = await customer();
    await stage.page.goto("/sign-in");
    await askForCode(stage.page, email);
    const code = await mailedCode(stage.store.emulator.endpoint, email);
    const wrong = code.startsWith("0") ? "1111 1111" : "0000 0000";
    for (const sentence of [WRONG, WRONG, "This code is used up. Have a new one sent."]) {
      await enterCode(stage.page, wrong);
      await stage.page.getByRole("alert").filter({ hasText: sentence }).waitFor();
    }
    await enterCode(stage.page, code);
    await stage.page.getByRole("alert").waitFor();
    await stage.page.getByRole("link", { name: "Sign in" }).waitFor();
  });

  it("is of no use to somebody who signed up and never confirmed the address", async () => {
    const email = newEmail();
    await stage.page.goto("/sign-up");
    await stage.page.getByLabel("E-mail").fill(email);
    await stage.page.getByLabel("Password").fill(PASSWORD);
    await stage.page.getByRole("button", { name: "Sign up" }).click();
    await heading(stage.page, "Confirm your e-mail");
    await stage.page.goto("/sign-in");
    await askForCode(stage.page, email);
    await enterCode(stage.page, "0000 0000");
    await stage.page.getByRole("alert").waitFor();
    const answer = await fetch(`${stage.store.emulator.endpoint}/_ministack/ses/messages`);
    expect(await answer.text()).not.to.match(new RegExp(`${email}[^}]*is your code for`));
  });

  it("can be used by everybody, and goes back to the password", async () => {
    const email = await customer();
    await stage.page.goto("/sign-in");
    await stage.page.getByRole("button", { name: "Sign in with a code by mail" }).click();
    await heading(stage.page, "Sign in with a code");
    await expectAccessible(stage.page);
    await stage.page.getByRole("button", { name: "Use your password" }).click();
    await askForCode(stage.page, email);
    await expectAccessible(stage.page);
    await expectNoSidewaysScrolling(stage.page);
    expect(await stage.page.getByRole("button", { name: /^Send a new code/ }).isDisabled()).to.equal(true);
  });

  it("is offered to somebody whose sign-in can't be renewed, who stays signed in if it can be later", async () => {
    const email = await newCustomer(stage.page);
    await stage.page.evaluate(
      `(() => {
        const kept = JSON.parse(localStorage.getItem("stayopen.session"));
        localStorage.setItem("stayopen.session", JSON.stringify({ ...kept, expiresAt: 0 }));
      })()`,
    );
    await stage.page.route("**/auth/**", (route) => route.fulfill({ status: 504, body: "<html>gone</html>" }));
    await stage.page.goto("/orders");
    await heading(stage.page, "Sign in with a code");
    await stage.page.getByText("The store is open all the same").waitFor();
    expect(await stage.page.getByLabel("E-mail").inputValue()).to.equal(email);
    await expectAccessible(stage.page);
    await stage.page.unroute("**/auth/**");
    await stage.page.goto("/orders");
    await heading(stage.page, "My orders");
  });

  it("leaves the password as it was", async () => {
    const email = await customer();
    await stage.page.goto("/sign-in");
    await askForCode(stage.page, email);
    await enterCode(stage.page, await mailedCode(stage.store.emulator.endpoint, email));
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.goto("/sign-in");
    await signIn(stage.page, email, PASSWORD);
    await stage.page.getByRole("button", { name: "Sign out" }).waitFor();
  });
});

describe("a forgotten password in a browser", () => {
  const stage = onStage();

  it("is replaced by a new one with a mailed code, and is good no more", async () => {
    const email = await newCustomer(stage.page);
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.goto("/sign-in");
    await stage.page.getByRole("button", { name: "Forgot your password?" }).click();
    await stage.page.getByLabel("E-mail").fill(email);
    await stage.page.getByRole("button", { name: "Send a code" }).click();
    await heading(stage.page, "Choose a new password");
    await expectAccessible(stage.page);

    await stage.page.getByLabel("Code").fill("111111");
    await stage.page.getByLabel("New password").fill("Better-Horse-10");
    await stage.page.getByRole("button", { name: "Save and sign in" }).click();
    expect(await stage.page.getByRole("alert").textContent()).to.match(/not the right one/);
    await stage.page.getByLabel("New password").fill("short");
    await stage.page.getByRole("button", { name: "Save and sign in" }).click();
    await stage.page
      .getByRole("alert")
      .filter({ hasText: /Your password needs/ })
      .waitFor();

    await stage.page.getByLabel("Code").fill(await resetCode(email));
    await stage.page.getByLabel("New password").fill("Better-Horse-10");
    await stage.page.getByRole("button", { name: "Save and sign in" }).click();
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.goto("/sign-in");
    await signIn(stage.page, email, PASSWORD);
    expect(await stage.page.getByRole("alert").textContent()).to.equal("E-mail or password is wrong.");
  });

  it("says nothing about who has an account", async () => {
    await stage.page.goto("/sign-in");
    await stage.page.getByRole("button", { name: "Forgot your password?" }).click();
    await stage.page.getByLabel("E-mail").fill(newEmail());
    await stage.page.getByRole("button", { name: "Send a code" }).click();
    await heading(stage.page, "Choose a new password");
  });

  async function resetCode(email: string): Promise<string> {
    const answer = await fetch(`${stage.store.emulator.endpoint}/_ministack/ses/messages`);
    const { messages } = (await answer.json()) as { messages: Record<string, { To: string[]; BodyText: string }[]> };
    const mails = Object.values(messages)
      .flat()
      .filter(({ To }) => To.includes(email));
    return /\b(\d{6})\b/.exec(mails.at(-1)!.BodyText)![1]!;
  }
});
