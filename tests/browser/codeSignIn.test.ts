import { expect } from "chai";
import { expectAccessible, expectNoSidewaysScrolling } from "./browser";
import { newAccount, newCustomer, newEmail, PASSWORD } from "./customer";
import { heading, onStage } from "./stage";
import { askForCode, enterCode, mailedCode, signIn } from "./steps";

const WRONG = "This code is incorrect or has expired. Check it or request a new one.";

describe("Sign-in with an emailed code in the browser", () => {
  const stage = onStage();

  function kept<Value>(field: string): Promise<Value> {
    return stage.page.evaluate<Value>(`JSON.parse(localStorage.getItem("stayopen.session"))${field}`);
  }

  it("signs in the same customer without a password, and returns to the page before", async () => {
    const email = await newCustomer(stage.page, stage.store);
    const claims = `.accessToken.split(".")[1]`;
    const before = JSON.parse(Buffer.from(await kept<string>(claims), "base64url").toString());
    await stage.page.goto("/basket");
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.goto("/sign-in?next=/orders");
    await askForCode(stage.page, email.toUpperCase());
    await enterCode(stage.page, await mailedCode(stage.store.emulator.endpoint, email));
    await heading(stage.page, "My orders");
    const after = JSON.parse(Buffer.from(await kept<string>(claims), "base64url").toString());
    expect(after.customerId).to.be.a("string").and.to.equal(before.customerId);
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("answers a wrong code alike for known and unknown addresses, and mails nothing to unknown ones", async () => {
    const unknown = newEmail();
    for (const email of [await newAccount(stage.store), unknown]) {
      await stage.page.goto("/sign-in");
      await askForCode(stage.page, email);
      expect(await stage.page.locator("form p").first().textContent()).to.match(/^If \S+ has an account/);
      await enterCode(stage.page, "0000 0000");
      expect(await stage.page.getByRole("alert").textContent()).to.equal(WRONG);
    }
    const answer = await fetch(`${stage.store.emulator.endpoint}/_ministack/ses/messages`);
    expect(await answer.text()).not.to.include(unknown);
  });

  it("accepts three attempts at a code", async () => {
    const email = await newAccount(stage.store);
    await stage.page.goto("/sign-in");
    await askForCode(stage.page, email);
    const code = await mailedCode(stage.store.emulator.endpoint, email);
    const wrong = code.startsWith("0") ? "1111 1111" : "0000 0000";
    for (const sentence of [WRONG, WRONG, "This code can no longer be used. Request a new one."]) {
      await enterCode(stage.page, wrong);
      await stage.page.getByRole("alert").filter({ hasText: sentence }).waitFor();
    }
    await enterCode(stage.page, code);
    await stage.page.getByRole("alert").waitFor();
    await stage.page.getByRole("link", { name: "Sign in" }).waitFor();
  });

  it("signs in at an address that was never confirmed, and makes the password of its sign-up worthless", async () => {
    const email = newEmail();
    await stage.page.goto("/sign-up");
    await stage.page.getByLabel("Email").fill(email);
    await stage.page.getByLabel("Password").fill(PASSWORD);
    await stage.page.getByRole("button", { name: "Create account" }).click();
    await heading(stage.page, "Confirm your email");
    await stage.page.goto("/sign-in");
    await askForCode(stage.page, email);
    await enterCode(stage.page, await mailedCode(stage.store.emulator.endpoint, email));
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.getByRole("link", { name: "Sign in" }).waitFor();
    // The sign-up may have been a stranger's.
    await stage.page.goto("/sign-in");
    await signIn(stage.page, email, PASSWORD);
    await stage.page.getByRole("alert").waitFor();
  });

  it("is accessible, and returns to the password", async () => {
    const email = await newAccount(stage.store);
    await stage.page.goto("/sign-in");
    await stage.page.getByRole("button", { name: "Sign in with an emailed code" }).click();
    await heading(stage.page, "Sign in with a code");
    await expectAccessible(stage.page);
    await stage.page.getByRole("button", { name: "Use your password" }).click();
    await askForCode(stage.page, email);
    // For half a minute, which the checks below may last.
    expect(await stage.page.getByRole("button", { name: /^Send a new code/ }).isDisabled()).to.equal(true);
    await expectAccessible(stage.page);
    await expectNoSidewaysScrolling(stage.page);
  });

  it("is offered when the session can't be renewed, and the session continues once it can", async () => {
    const email = await newCustomer(stage.page, stage.store);
    await stage.page.evaluate(
      `(() => {
        const kept = JSON.parse(localStorage.getItem("stayopen.session"));
        localStorage.setItem("stayopen.session", JSON.stringify({ ...kept, expiresAt: 0 }));
      })()`,
    );
    await stage.page.route("**/auth/**", (route) => route.fulfill({ status: 504, body: "<html>gone</html>" }));
    await stage.page.goto("/orders");
    await heading(stage.page, "Sign in with a code");
    await stage.page.getByText("but the store is open").waitFor();
    expect(await stage.page.getByLabel("Email").inputValue()).to.equal(email);
    await expectAccessible(stage.page);
    await stage.page.unroute("**/auth/**");
    await stage.page.goto("/orders");
    await heading(stage.page, "My orders");
  });

  it("keeps the password valid", async () => {
    const email = await newAccount(stage.store);
    await stage.page.goto("/sign-in");
    await askForCode(stage.page, email);
    await enterCode(stage.page, await mailedCode(stage.store.emulator.endpoint, email));
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.goto("/sign-in");
    await signIn(stage.page, email, PASSWORD);
    await stage.page.getByRole("button", { name: "Sign out" }).waitFor();
  });
});

describe("Password reset in the browser", () => {
  const stage = onStage();

  it("sets a new password with an emailed code, and the old one stops working", async () => {
    const email = await newAccount(stage.store);
    await stage.page.goto("/sign-in");
    await stage.page.getByRole("button", { name: "Forgot your password?" }).click();
    await stage.page.getByLabel("Email").fill(email);
    await stage.page.getByRole("button", { name: "Send code" }).click();
    await heading(stage.page, "Choose a new password");
    await expectAccessible(stage.page);

    await stage.page.getByLabel("Code").fill("111111");
    await stage.page.getByLabel("New password").fill("Better-Horse-10");
    await stage.page.getByRole("button", { name: "Save and sign in" }).click();
    expect(await stage.page.getByRole("alert").textContent()).to.match(/incorrect/);
    await stage.page.getByLabel("New password").fill("short");
    await stage.page.getByRole("button", { name: "Save and sign in" }).click();
    await stage.page.getByText(/Your password needs/).waitFor();
    await expectAccessible(stage.page);

    await stage.page.getByLabel("Code").fill(await resetCode(email));
    await stage.page.getByLabel("New password").fill("Better-Horse-10");
    await stage.page.getByRole("button", { name: "Save and sign in" }).click();
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.goto("/sign-in");
    await signIn(stage.page, email, PASSWORD);
    expect(await stage.page.getByRole("alert").textContent()).to.equal("Email or password is incorrect.");
  });

  it("does not reveal whether an address has an account", async () => {
    await stage.page.goto("/sign-in");
    await stage.page.getByRole("button", { name: "Forgot your password?" }).click();
    await stage.page.getByLabel("Email").fill(newEmail());
    await stage.page.getByRole("button", { name: "Send code" }).click();
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
