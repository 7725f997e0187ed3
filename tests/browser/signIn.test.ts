import { expect } from "chai";
import { heading, onStage } from "./stage";
import { newCustomer, newEmail, order, PASSWORD, signIn } from "./steps";

describe("signing in in a browser", () => {
  const stage = onStage();

  it("sends neither card nor password in clear", async () => {
    const sent: string[] = [];
    stage.page.on("request", (request) => sent.push(request.url() + (request.postData() ?? "")));
    const email = await newCustomer(stage.page);
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    sent.length = 0;
    await stage.page.getByRole("link", { name: "Sign in" }).click();
    await signIn(stage.page, email, PASSWORD);
    await stage.page.getByRole("button", { name: "Sign out" }).waitFor();
    await order(stage.page);
    expect(sent.join("\n")).to.include("SRP_A");
    expect(sent.join("\n")).not.to.match(/Correct-Horse|4242 ?4242/);
  });

  it("says the same to a wrong password and to an address that nobody has", async () => {
    const email = await newCustomer(stage.page);
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    for (const [who, password] of [
      [email, "Wrong-Horse-10"],
      [newEmail(), PASSWORD],
    ] as const) {
      await stage.page.goto("/sign-in");
      await signIn(stage.page, who, password);
      expect(await stage.page.getByRole("alert").textContent()).to.equal("E-mail or password is wrong.");
    }
  });

  it("goes on with confirming when somebody signs in who never did", async () => {
    const email = newEmail();
    await stage.page.goto("/sign-up");
    await stage.page.getByLabel("E-mail").fill(email);
    await stage.page.getByLabel("Password").fill(PASSWORD);
    await stage.page.getByRole("button", { name: "Sign up" }).click();
    await heading(stage.page, "Confirm your e-mail");
    await stage.page.goto("/sign-in");
    await signIn(stage.page, email, PASSWORD);
    await heading(stage.page, "Confirm your e-mail");
  });

  it("stays signed in over a reload, and is signed out in every place after signing out", async () => {
    await newCustomer(stage.page);
    await stage.page.goto("/orders");
    await heading(stage.page, "My orders");
    await stage.page.reload();
    await heading(stage.page, "My orders");
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.getByRole("link", { name: "Sign in" }).waitFor();
    await stage.page.goto("/orders");
    await heading(stage.page, "Sign in");
  });

  it("never leads anywhere else after signing in", async () => {
    const email = await newCustomer(stage.page);
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.goto(`/sign-in?${new URLSearchParams({ next: "//example.com/" })}`);
    await signIn(stage.page, email, PASSWORD);
    await stage.page.getByRole("button", { name: "Sign out" }).waitFor();
    expect(stage.page.url()).to.equal(`${stage.store.url}/`);
  });
});
