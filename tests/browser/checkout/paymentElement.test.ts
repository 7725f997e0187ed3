import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectAccessible, expectNoSidewaysScrolling } from "../browser";
import { newCustomer, putInBasket } from "../customer";
import { heading, onStage } from "../stage";
import { fillAddress, fillBasket } from "../steps";
import { PUBLISHABLE_KEY, payByStripe, STRIPE_JS, serveStandIn } from "./stripeStandIn";

type Calls = Record<string, unknown>[];

describe("Paying by the payment provider's card fields in the browser", function () {
  this.timeout(300_000);
  const stage = onStage();
  let requested: string[];
  beforeEach(() => {
    requested = [];
    stage.page.on("request", (request) => requested.push(request.url()));
  });
  const ofStripe = () => requested.filter((url) => new URL(url).hostname.endsWith("stripe.com"));
  const callsOf = (page: Page) => page.evaluate<Calls>("window.stripeCalls");
  const field = () => stage.page.getByLabel("Stand-in for Stripe's card fields");
  const place = () => stage.page.getByRole("button", { name: /^Place order/ }).click();

  /** Signs up, fills basket and address, and resolves with the customer's id, which tokens of the local provider name. */
  const goToCheckout = async () => {
    const { page } = stage;
    await newCustomer(page, stage.store);
    await putInBasket(page);
    await page.goto("/checkout");
    await fillAddress(page);
    return customerOf(page);
  };

  it("sends a token of the fields, never a card, and the order is paid by it", async () => {
    const { page, store } = stage;
    await payByStripe(stage);
    const customerId = await goToCheckout();
    await field().waitFor();
    expect(await page.getByLabel("Card number").count()).to.equal(0);
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page);
    const sent: Record<string, unknown>[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && new URL(request.url()).pathname === "/api/orders")
        sent.push(request.postDataJSON());
    });

    const token = `tok_visa:${customerId}`;
    await field().fill(token);
    await place();
    await page.getByText("Thank you!").waitFor();
    await heading(page, /Being packed|On its way|Delivered/);
    expect(sent.map(({ payment }) => payment)).to.deep.equal([{ kind: "token", token }]);
    const orderId = new URL(page.url()).pathname.split("/").pop()!;
    const { payment, captures } = store.providers.controls.records(orderId);
    expect([payment?.card?.last4, captures.length]).to.deep.equal(["4242", 1]);
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("configures the fields like the payment: total, manual capture, cards only", async () => {
    const { page } = stage;
    await payByStripe(stage);
    await goToCheckout();
    await field().waitFor();
    const [connected, elements, created] = await callsOf(page);
    expect(connected).to.deep.equal({ connect: PUBLISHABLE_KEY });
    const { amount, currency, ...options } = elements!["elements"] as Record<string, unknown>;
    expect(amount).to.be.greaterThan(0);
    expect(currency).to.equal("usd");
    expect(options).to.include({ mode: "payment", captureMethod: "manual" });
    expect(options["paymentMethodTypes"]).to.deep.equal(["card"]);
    expect(created).to.deep.include({
      create: "payment",
      wallets: { applePay: "never", googlePay: "never", link: "never" },
    });
  });

  it("makes the token for the total that the customer has accepted", async () => {
    const { page } = stage;
    await payByStripe(stage);
    // The page shows an outdated total, one cent lower.
    await page.route("**/api/orders/quotes", async (route) => {
      const response = await route.fetch();
      const quote = await response.json();
      quote.total.amount -= 1;
      await route.fulfill({ response, json: quote });
    });
    const customerId = await goToCheckout();
    await field().fill(`tok_visa:${customerId}`);
    await place();
    await page
      .getByRole("dialog", { name: "The total has changed" })
      .getByRole("button", { name: /^Place order/ })
      .click();
    await page.getByText("Thank you!").waitFor();
    const updates = (await callsOf(page)).flatMap(({ update }) =>
      update ? [(update as { amount: number }).amount] : [],
    );
    expect(updates).to.have.length(2);
    expect(updates[1]! - updates[0]!).to.equal(1);
  });

  it("keeps a typed card when another shipping method changes the total", async () => {
    const { page, store } = stage;
    await payByStripe(stage);
    const customerId = await goToCheckout();
    await field().fill(`tok_visa:${customerId}`);
    await page.getByRole("radio", { name: /Express 1 to 2 days/ }).check();
    await page.getByRole("complementary", { name: "Order summary" }).getByText("Shipping (Express)").waitFor();
    await place();
    await page.getByText("Thank you!").waitFor();
    await page.getByText("Express, 1 to 2 days").waitFor();
    await heading(page, /Being packed|On its way|Delivered/);
    const calls = await callsOf(page);
    expect(calls.filter((call) => "create" in call)).to.have.length(1);
    const orderId = new URL(page.url()).pathname.split("/").pop()!;
    const { update } = calls.findLast((call) => "update" in call) as { update: { amount: number } };
    expect(store.providers.controls.records(orderId)).to.have.property("paidAmount", update.amount);
  });

  it("loads Stripe.js on the checkout only, from Stripe's address", async () => {
    const { page } = stage;
    await payByStripe(stage);
    await newCustomer(page, stage.store);
    await fillBasket(page);
    await page.goto("/basket");
    await heading(page, "Basket");
    expect(ofStripe()).to.deep.equal([]);
    await page.getByRole("link", { name: "Check out" }).click();
    await field().waitFor();
    expect(ofStripe()).to.deep.equal(["https://js.stripe.com/endive/stripe.js"]);
  });

  it("loads nothing of Stripe's in a store without it", async () => {
    const { page } = stage;
    await page.route(STRIPE_JS, serveStandIn);
    await goToCheckout();
    await page.getByLabel("Card number").waitFor();
    expect(ofStripe()).to.deep.equal([]);
  });

  it("shows what Stripe says about the card, and places no order", async () => {
    const { page } = stage;
    await payByStripe(stage);
    await goToCheckout();
    await field().waitFor();
    await place();
    await page.getByText("Your card number is incomplete.").waitFor();
    expect(new URL(page.url()).pathname).to.equal("/checkout");
    expect(requested.filter((url) => new URL(url).pathname === "/api/orders")).to.deep.equal([]);
  });

  it("says so when the fields can't be loaded, and loads them again on request", async () => {
    const { page } = stage;
    let isBlocked = true;
    await payByStripe(stage, (route) => (isBlocked ? route.abort("blockedbyclient") : serveStandIn(route)));
    await goToCheckout();
    await page.getByText("The card fields of our payment provider, Stripe, can't be loaded.").waitFor();
    await expectAccessible(page);
    await place();
    await page.getByText("The card fields are not loaded yet.").waitFor();
    isBlocked = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await field().waitFor();
  });

  it("gives Stripe.js up when it does not arrive in time", async () => {
    const { page } = stage;
    await payByStripe(stage, () => new Promise(() => {}));
    // Shown while the address is filled in, and gone after a quarter of a minute.
    const isLoading = page.getByText("Loading the card fields…").waitFor({ timeout: 240_000 });
    await Promise.all([isLoading, goToCheckout()]);
    await page
      .getByText("The card fields of our payment provider, Stripe, can't be loaded.")
      .waitFor({ timeout: 240_000 });
  });

  it("leads through the bank's challenge of a token, and keeps basket and address when it is refused", async () => {
    const { page } = stage;
    await payByStripe(stage);
    const customerId = await goToCheckout();
    await field().fill(`tok_challenge:${customerId}`);
    await place();
    await page.getByRole("button", { name: "Refuse payment" }).click();
    await heading(page, "Cancelled");
    expect(await page.getByRole("link", { name: /^Basket/ }).textContent()).to.match(/Basket1/);
    // The browser followed a redirect to this document, which no route changes: it has the policy of a store without the fields.
    await page.reload();
    await page.getByRole("button", { name: "Pay with another card" }).click();
    await field().fill(`tok_mastercard:${customerId}`);
    expect(await page.getByLabel("Street and number").inputValue()).to.equal("Main Street 1");
    await place();
    await page.getByText("Thank you!").waitFor();
  });

  it("repeats an unanswered order after a reload with a new token, as one order", async () => {
    const { page } = stage;
    await payByStripe(stage);
    const customerId = await goToCheckout();
    await page.route("**/api/orders", async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      await route.fetch();
      return route.abort("connectionreset");
    });
    await field().fill(`tok_visa:${customerId}`);
    await place();
    await heading(page, "Your order is not confirmed yet");
    const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    expect(kept).to.contain("stayopen.customer.attempt").and.not.contain("tok_visa");
    await page.unroute("**/api/orders");
    await page.reload();
    await field().fill(`tok_mastercard:${customerId}`);
    await page.getByRole("button", { name: "Send order again" }).click();
    await page.getByText("Thank you!").waitFor();
    await page.goto("/orders");
    await page.locator(".order-list li").first().waitFor();
    expect(await page.locator(".order-list li").count()).to.equal(1);
  });
});

/** The claim that orders keep, from the session's access token. */
async function customerOf(page: Page): Promise<string> {
  const session = await page.evaluate<string>(`localStorage.getItem("stayopen.session")`);
  const [, accessToken] = /"accessToken":"([^"]+)"/.exec(session) ?? [];
  const claims = JSON.parse(Buffer.from(accessToken!.split(".")[1]!, "base64url").toString()) as Record<string, string>;
  return claims["customerId"] ?? claims["sub"]!;
}
