import { expect } from "chai";
import { expectAccessible, visitor } from "../browser";
import { newCustomer, newEmail, putInBasket } from "../customer";
import { heading, onStage } from "../stage";
import { fillBasket, fillCard, fillCheckout, order, signUp } from "../steps";

describe("Ordering in the browser", () => {
  const stage = onStage();

  it("leads a new customer from the basket through sign-up to a delivered order", async function () {
    this.timeout(300_000);
    await fillBasket(stage.page);
    await stage.page.goto("/basket");
    await stage.page.getByRole("link", { name: "Check out" }).click();
    await stage.page.getByRole("link", { name: "Sign in", exact: true }).last().click();
    await heading(stage.page, "Sign in");
    await signUp(stage.page, newEmail());
    await heading(stage.page, "Checkout");
    await fillCheckout(stage.page);
    const request = stage.page.waitForRequest((sent) => sent.method() === "POST" && /\/api\/orders$/.test(sent.url()));
    await stage.page.getByRole("button", { name: /^Place order/ }).click();
    // The page's language. The browser's own header names `en-US` first.
    expect((await request).headers()["accept-language"]).to.equal("en");

    await stage.page.getByText("Thank you!").waitFor();
    const orderId = new URL(stage.page.url()).pathname.split("/").pop()!;
    await stage.page.getByRole("heading", { name: "Delivered", level: 1 }).waitFor({ timeout: 240_000 });
    const times = stage.page.getByRole("list", { name: "Order progress" }).locator("time");
    expect(await times.count()).to.equal(5);
    expect(stage.store.providers.controls.records(orderId)).to.have.property("captures").with.length(1);
    expect(stage.store.providers.controls.records(orderId)).to.have.property("shipments").with.length(1);

    expect(await stage.page.getByRole("link", { name: /^Basket/ }).textContent()).to.match(/Basket0/);
    await stage.page.getByRole("link", { name: "Orders", exact: true }).click();
    await stage.page.getByRole("link", { name: /kettle.*1 item.*Delivered/is }).waitFor();
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("cancels an order before payment", async function () {
    this.timeout(300_000);
    await newCustomer(stage.page, stage.store);
    const gate = stage.store.providers.controls.gate({ system: "payment", operation: "authorize", when: "before" });
    const orderId = await order(stage.page);
    await stage.page.getByRole("button", { name: "Cancel order" }).click();
    await stage.page.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
    await stage.page.getByText("We are cancelling your order.").waitFor();
    gate.open();

    await stage.page.getByRole("heading", { name: "Cancelled", level: 1 }).waitFor({ timeout: 240_000 });
    expect(stage.store.providers.controls.records(orderId)).to.have.property("paidAmount", 0);
    expect(await stage.page.getByRole("button", { name: "Cancel order" }).count()).to.equal(0);
  });

  it("keeps basket and address when the card is declined, and orders the same with another card", async function () {
    this.timeout(300_000);
    await newCustomer(stage.page, stage.store);
    const orderId = await order(stage.page, "4000000000009995");
    await stage.page.getByRole("heading", { name: "Cancelled", level: 1 }).waitFor({ timeout: 240_000 });
    await stage.page.getByText("There is not enough money on the card.").waitFor();
    await expectAccessible(stage.page);
    expect(await stage.page.getByText("Thank you!").count()).to.equal(0);
    expect(await stage.page.locator("main").textContent()).not.to.contain("insufficient_funds");
    expect(await stage.page.getByRole("link", { name: /^Basket/ }).textContent()).to.match(/Basket1/);

    await stage.page.getByRole("button", { name: "Pay with another card" }).click();
    await heading(stage.page, "Checkout");
    expect(await stage.page.getByLabel("Street and number").inputValue()).to.equal("Main Street 1");
    await fillCard(stage.page);
    await stage.page.getByRole("button", { name: /^Place order/ }).click();
    await stage.page.getByText("Thank you!").waitFor();
    expect(stage.page.url()).not.to.contain(orderId);
    expect(await stage.page.getByRole("link", { name: /^Basket/ }).textContent()).to.match(/Basket0/);
  });

  it("offers another card on a declined order opened later, with its lines and address", async function () {
    this.timeout(300_000);
    await newCustomer(stage.page, stage.store);
    const orderId = await order(stage.page, "4000000000000002");
    await stage.page.getByRole("button", { name: "Pay with another card" }).waitFor({ timeout: 240_000 });
    await stage.page.evaluate(() => {
      localStorage.removeItem("stayopen.basket");
      sessionStorage.clear();
    });
    await stage.page.goto(`/orders/${orderId}`);
    await stage.page.getByRole("button", { name: "Pay with another card" }).click();
    await heading(stage.page, "Checkout");
    expect(await stage.page.getByLabel("City").inputValue()).to.equal("Springfield");
    expect(await stage.page.locator(".order-lines li").count()).to.equal(1);
  });

  it("removes an unanswered order and the address at sign-out", async () => {
    await newCustomer(stage.page, stage.store);
    await putInBasket(stage.page);
    await stage.page.goto("/checkout");
    await stage.page.route("**/api/orders", (route) =>
      route.request().method() === "POST" ? route.abort("connectionrefused") : route.fallback(),
    );
    await fillCheckout(stage.page);
    await stage.page.getByRole("button", { name: /^Place order/ }).click();
    await heading(stage.page, "Your order is not confirmed yet");
    await stage.page.reload();
    await heading(stage.page, "Your order is not confirmed yet");
    await expectAccessible(stage.page);
    await stage.page.getByRole("button", { name: "Sign out" }).click();
    await stage.page.getByRole("link", { name: "Sign in" }).waitFor();
    expect(await stage.page.evaluate(() => JSON.stringify({ ...sessionStorage }))).to.equal("{}");
    await newCustomer(stage.page, stage.store);
    await stage.page.goto("/checkout");
    await heading(stage.page, "Checkout");
    expect(await stage.page.getByLabel("Street and number").inputValue()).to.equal("");
  });

  it("makes one order when the answer is lost and the request is retried", async () => {
    await newCustomer(stage.page, stage.store);
    const keys: (string | undefined)[] = [];
    await stage.page.route("**/api/orders", async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      keys.push(route.request().headers()["idempotency-key"]);
      if (keys.length > 1) return route.fallback();
      await route.fetch();
      return route.abort("connectionreset");
    });
    await order(stage.page);
    expect(keys).to.have.length(2);
    expect(keys[0]).to.equal(keys[1]);
    await stage.page.goto("/orders");
    await stage.page.locator(".order-list li").first().waitFor();
    expect(await stage.page.locator(".order-list li").count()).to.equal(1);
  });

  it("repeats an order after the pause that the store asks for, with the same key", async () => {
    await newCustomer(stage.page, stage.store);
    const requests: { key: string | undefined; at: number }[] = [];
    await stage.page.route("**/api/orders", (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      requests.push({ key: route.request().headers()["idempotency-key"], at: performance.now() });
      if (requests.length > 1) return route.fallback();
      const headers = { "retry-after": "3", "content-type": "application/problem+json" };
      return route.fulfill({ status: 503, headers, body: '{"type":"stock-moving","title":"Stock on its way"}' });
    });
    await order(stage.page);
    const [first, second] = requests;
    expect(second?.key).to.equal(first?.key);
    expect(second!.at - first!.at).to.be.at.least(3_000);
  });

  it("shows a refusal for the rest of the day at once", async () => {
    await newCustomer(stage.page, stage.store);
    let requests = 0;
    await stage.page.route("**/api/orders", (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      requests += 1;
      const headers = { "retry-after": "40000", "content-type": "application/problem+json" };
      const body = JSON.stringify({ type: "/problems/too-many-orders", title: "Too many orders", detail: "…" });
      return route.fulfill({ status: 429, headers, body });
    });
    await putInBasket(stage.page);
    await stage.page.goto("/checkout");
    await fillCheckout(stage.page);
    await stage.page.getByRole("button", { name: /^Place order/ }).click();
    await stage.page.getByText("You have placed as many orders as possible for one day.").waitFor();
    await expectAccessible(stage.page);
    expect(requests).to.equal(1);
  });

  it("keeps an unanswered order over a reload without its card, and sends it again", async () => {
    await newCustomer(stage.page, stage.store);
    await putInBasket(stage.page);
    await stage.page.goto("/checkout");
    await stage.page.route("**/api/orders", (route) =>
      route.request().method() === "POST" ? route.abort("connectionrefused") : route.fallback(),
    );
    await fillCheckout(stage.page);
    await stage.page.getByRole("button", { name: /^Place order/ }).click();
    await heading(stage.page, "Your order is not confirmed yet");
    const kept = await stage.page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    expect(kept, "stored in the browser").to.contain("stayopen.customer.attempt").and.not.contain("payment");
    await stage.page.unroute("**/api/orders");
    await stage.page.reload();
    await fillCard(stage.page);
    await stage.page.getByRole("button", { name: "Send order again" }).click();
    await stage.page.getByText("Thank you!").waitFor();
  });

  it("asks again when the total has changed, and places no order before", async () => {
    await newCustomer(stage.page, stage.store);
    // The page shows an outdated total, one cent lower.
    await stage.page.route("**/api/orders/quotes", async (route) => {
      const response = await route.fetch();
      const quote = await response.json();
      quote.total.amount -= 1;
      await route.fulfill({ response, json: quote });
    });
    await putInBasket(stage.page);
    await stage.page.goto("/checkout");
    await fillCheckout(stage.page);
    await stage.page.getByRole("button", { name: /^Place order/ }).click();
    await stage.page.getByRole("dialog", { name: "The total has changed" }).waitFor();
    await expectAccessible(stage.page);
    await stage.page.getByRole("dialog").getByRole("button", { name: "Not now" }).click();
    await stage.page.getByRole("button", { name: /^Place order/ }).click();
    await stage.page
      .getByRole("dialog")
      .getByRole("button", { name: /^Place order/ })
      .click();
    await stage.page.getByText("Thank you!").waitFor();
    await stage.page.goto("/orders");
    await stage.page.locator(".order-list li").first().waitFor();
    expect(await stage.page.locator(".order-list li").count()).to.equal(1);
  });

  it("finds typing errors in a card number and an expired card before sending", async () => {
    await newCustomer(stage.page, stage.store);
    await putInBasket(stage.page);
    await stage.page.goto("/checkout");
    await fillCheckout(stage.page, "4242424242424241");
    await stage.page.getByLabel("Expiry date").fill("0120");
    await stage.page.getByRole("button", { name: /^Place order/ }).click();
    await stage.page.getByText("Check the card number.").waitFor();
    await stage.page.getByText("This card has expired.").waitFor();
    await expectAccessible(stage.page);
    expect(new URL(stage.page.url()).pathname).to.equal("/checkout");
  });

  it("shows no order of another customer", async () => {
    await newCustomer(stage.page, stage.store);
    const orderId = await order(stage.page);
    const other = await visitor(stage.browser, stage.store.url);
    await newCustomer(other.page, stage.store);
    await other.page.goto(`/orders/${orderId}`);
    await other.page.getByText("You have no order with this number.").waitFor();
    await expectAccessible(other.page);
    await other.leave();
  });
});
