import { expect } from "chai";
import { expectAccessible, untilHolds } from "./browser";
import { newAccount, newCustomer, newEmail, PASSWORD, putInBasket } from "./customer";
import { heading, onStage } from "./stage";
import { order, signIn } from "./steps";

describe("Sign-in in the browser", () => {
  const stage = onStage();

  it("sends neither card nor password in plain text", async () => {
    const sent: string[] = [];
    stage.page.on("request", (request) => sent.push(request.url() + (request.postData() ?? "")));
    const email = await newAccount(stage.store);
    await stage.page.goto("/");
    await stage.page.getByRole("link", { name: "Sign in" }).click();
    await signIn(stage.page, email, PASSWORD);
    await stage.page.getByRole("button", { name: "Sign out" }).waitFor();
    await order(stage.page);
    expect(sent.join("\n")).to.include("SRP_A");
    expect(sent.join("\n")).not.to.match(/Correct-Horse|4242 ?4242/);
  });

  it("answers a wrong password and an unknown address alike", async () => {
    const email = await newAccount(stage.store);
    for (const [address, password] of [
      [email, "Wrong-Horse-10"],
      [newEmail(), PASSWORD],
    ] as const) {
      await stage.page.goto("/sign-in");
      await signIn(stage.page, address, password);
      expect(await stage.page.getByRole("alert").textContent()).to.equal("Email or password is incorrect.");
    }
    await expectAccessible(stage.page);
  });

  it("continues with confirmation when the address was never confirmed, by a code typed in groups of digits", async () => {
    const email = newEmail();
    await stage.page.goto("/sign-up");
    await stage.page.getByLabel("Email").fill(email);
    await stage.page.getByLabel("Password").fill(PASSWORD);
    await stage.page.getByRole("button", { name: "Create account" }).click();
    await heading(stage.page, "Confirm your email");
    await stage.page.goto("/sign-in");
    await signIn(stage.page, email, PASSWORD);
    await heading(stage.page, "Confirm your email");
    await stage.page.getByLabel("Code").fill("123 456");
    await stage.page.getByRole("button", { name: "Confirm" }).click();
    await stage.page.getByRole("button", { name: "Sign out" }).waitFor();
  });

  it("stays signed in over a reload and in a new tab, and is signed out everywhere after signing out", async () => {
    await newCustomer(stage.page, stage.store);
    await stage.page.goto("/orders");
    await heading(stage.page, "My orders");
    await stage.page.reload();
    await heading(stage.page, "My orders");
    const other = await stage.page.context().newPage();
    await other.goto("/orders");
    await heading(other, "My orders");
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.getByRole("link", { name: "Sign in" }).waitFor();
    await heading(other, "Sign in");
    await stage.page.goto("/orders");
    await heading(stage.page, "Sign in");
  });

  it("shows the customer who signs in in another tab, without what the one before had typed", async () => {
    await newCustomer(stage.page, stage.store);
    await putInBasket(stage.page);
    const other = await stage.page.context().newPage();
    await other.goto("/checkout");
    await other.getByLabel("Name").fill("Ada Example");
    const next = await newCustomer(stage.page, stage.store);
    await untilHolds(async () => expect(await other.getByLabel("Email").inputValue()).to.equal(next));
    expect(await other.getByLabel("Name").inputValue()).to.equal("");
  });

  it("returns to the page on which the header's link was chosen", async () => {
    const email = await newAccount(stage.store);
    await stage.page.goto("/basket");
    await stage.page.getByRole("banner").getByRole("link", { name: "Sign in" }).click();
    await heading(stage.page, "Sign in");
    await signIn(stage.page, email, PASSWORD);
    await stage.page.waitForURL(`${stage.store.url}/basket`);
  });

  it("returns to no other site after signing in", async () => {
    const email = await newAccount(stage.store);
    await stage.page.goto(`/sign-in?${new URLSearchParams({ next: "//example.com/" })}`);
    await signIn(stage.page, email, PASSWORD);
    await stage.page.getByRole("button", { name: "Sign out" }).waitFor();
    await stage.page.waitForURL(`${stage.store.url}/`);
  });
});
