import { expect } from "chai";
import { visitor } from "./browser";
import { heading, onStage } from "./stage";
import { fillBasket, fillCard, fillCheckout, newCustomer, newEmail, order, signUp } from "./steps";

describe("ordering in a browser", () => {
  const stage = onStage();

  it("takes a new customer from the basket through sign-up to a delivered order", async function () {
    this.timeout(120_000);
    await fillBasket(stage.page);
    await stage.page.goto("/basket");
    await stage.page.getByRole("link", { name: "Check out" }).click();
    await heading(stage.page, "Sign in");
    await signUp(stage.page, newEmail());
    await heading(stage.page, "Checkout");
    await fillCheckout(stage.page);
    await stage.page.getByRole("button", { name: /^Order for/ }).click();

    await stage.page.getByText("Thank you!").waitFor();
    const orderId = new URL(stage.page.url()).pathname.split("/").pop()!;
    await stage.page.getByRole("heading", { name: "Delivered", level: 1 }).waitFor({ timeout: 90_000 });
    const times = stage.page.getByRole("list", { name: "The order's way" }).locator("time");
    expect(await times.count()).to.equal(5);
    expect(stage.store.outside.controls.book(orderId)).to.have.property("captures").with.length(1);
    expect(stage.store.outside.controls.book(orderId)).to.have.property("shipments").with.length(1);

    expect(await stage.page.getByRole("link", { name: /^Basket/ }).textContent()).to.match(/Basket0/);
    await stage.page.getByRole("link", { name: "Orders", exact: true }).click();
    await stage.page.getByRole("link", { name: /Delivered/ }).waitFor();
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("cancels an order that was not yet paid", async function () {
    this.timeout(120_000);
    await newCustomer(stage.page);
    const gate = stage.store.outside.controls.gate({ system: "payment", operation: "authorize", when: "before" });
    const orderId = await order(stage.page);
    await stage.page.getByRole("button", { name: "Cancel this order" }).click();
    await stage.page.getByRole("dialog").getByRole("button", { name: "Cancel the order" }).click();
    await stage.page.getByText("You asked to cancel").waitFor();
    gate.open();

    await stage.page.getByRole("heading", { name: "Cancelled", level: 1 }).waitFor({ timeout: 60_000 });
    expect(stage.store.outside.controls.book(orderId)).to.have.property("paidAmount", 0);
    expect(await stage.page.getByRole("button", { name: "Cancel this order" }).count()).to.equal(0);
  });

  it("tells why an order was cancelled when the card is declined", async function () {
    this.timeout(120_000);
    await newCustomer(stage.page);
    await order(stage.page, "4000000000000002");
    await stage.page.getByRole("heading", { name: "Cancelled", level: 1 }).waitFor({ timeout: 60_000 });
    await stage.page.getByText(/The payment was declined/).waitFor();
  });

  it("makes one order of a request whose answer was lost, although it was sent again", async () => {
    await newCustomer(stage.page);
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

  it("keeps an order without an answer over a reload, but not its card, and sends it again with the card", async () => {
    await newCustomer(stage.page);
    await fillBasket(stage.page);
    await stage.page.goto("/checkout");
    await stage.page.route("**/api/orders", (route) =>
      route.request().method() === "POST" ? route.abort("connectionrefused") : route.fallback(),
    );
    await fillCheckout(stage.page);
    await stage.page.getByRole("button", { name: /^Order for/ }).click();
    await heading(stage.page, "One order is still open");
    const kept = await stage.page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    expect(kept, "what the browser keeps").to.contain("stayopen.attempt").and.not.contain("payment");
    await stage.page.unroute("**/api/orders");
    await stage.page.reload();
    await fillCard(stage.page);
    await stage.page.getByRole("button", { name: "Send it again" }).click();
    await stage.page.getByText("Thank you!").waitFor();
  });

  it("asks again when the total has changed, and orders nothing meanwhile", async () => {
    await newCustomer(stage.page);
    // The page sees yesterday's price: one cent less.
    await stage.page.route("**/api/catalogue/products/*", async (route) => {
      const response = await route.fetch();
      const product = await response.json();
      product.price.amount -= 1;
      await route.fulfill({ response, json: product });
    });
    await fillBasket(stage.page);
    await stage.page.goto("/checkout");
    await fillCheckout(stage.page);
    await stage.page.getByRole("button", { name: /^Order for/ }).click();
    await stage.page.getByRole("dialog", { name: "The total has changed" }).waitFor();
    await stage.page.getByRole("dialog").getByRole("button", { name: "Not now" }).click();
    await stage.page.getByRole("button", { name: /^Order for/ }).click();
    await stage.page
      .getByRole("dialog")
      .getByRole("button", { name: /^Order for/ })
      .click();
    await stage.page.getByText("Thank you!").waitFor();
    await stage.page.goto("/orders");
    await stage.page.locator(".order-list li").first().waitFor();
    expect(await stage.page.locator(".order-list li").count()).to.equal(1);
  });

  it("finds typing errors in a card number and an expired card before anything is sent", async () => {
    await newCustomer(stage.page);
    await fillBasket(stage.page);
    await stage.page.goto("/checkout");
    await fillCheckout(stage.page, "4242424242424241");
    await stage.page.getByLabel("Good until").fill("0120");
    await stage.page.getByRole("button", { name: /^Order for/ }).click();
    await stage.page.getByText("Check the number: it has a typing error.").waitFor();
    await stage.page.getByText("This card has expired.").waitFor();
    expect(new URL(stage.page.url()).pathname).to.equal("/checkout");
  });

  it("shows nobody else's order", async () => {
    await newCustomer(stage.page);
    const orderId = await order(stage.page);
    const other = await visitor(stage.browser, stage.store.url);
    await newCustomer(other.page);
    await other.page.goto(`/orders/${orderId}`);
    await other.page.getByText("There is nothing at this address.").waitFor();
    await other.leave();
  });
});
