import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectAccessible, expectNoSidewaysScrolling } from "../browser";
import { newCustomer } from "../customer";
import { heading, onStage } from "../stage";
import { CHALLENGED_CARD, fillCard, order } from "../steps";

/** 3-D Secure with the local provider's challenge page. */
describe("Confirming a payment with the bank in the browser", function () {
  this.timeout(300_000);
  const stage = onStage();
  const basket = (page: Page) => page.getByRole("link", { name: /^Basket/ }).textContent();

  it("leads from checkout to the bank's page and, once approved, back to an order that is paid", async () => {
    const { page, store } = stage;
    await newCustomer(page, stage.store);
    const orderId = await order(page, CHALLENGED_CARD);
    await heading(page, "Confirm your payment");
    expect(new URL(page.url()).origin).to.equal(store.providers.paymentUrl);
    await page.getByText("This page belongs to the local run.").waitFor();
    await page.getByText("visa ending in 3184").waitFor();
    expect(await page.locator("dd code").textContent()).to.equal(orderId);
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page);

    await page.getByRole("button", { name: "Approve payment" }).click();
    await page.waitForURL(`${store.url}/orders/${orderId}?new`);
    await page.getByText("Thank you!").waitFor();
    await page.getByRole("list", { name: "Order progress" }).getByText("Paid").waitFor();
    await heading(page, /Being packed|On its way|Delivered/);
    expect(store.providers.controls.records(orderId).captures).to.have.length(1);
    expect(await page.getByText("Confirm with your bank").count()).to.equal(0);
    expect(await basket(page)).to.match(/Basket0/);
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("keeps basket and address when the customer refuses, and takes another card", async () => {
    const { page, store } = stage;
    await newCustomer(page, stage.store);
    // The first frame that says "Cancelled" must have the basket back.
    await page.addInitScript(`
      new MutationObserver((changes, observer) => {
        if (document.querySelector("main h1")?.textContent !== "Cancelled") return;
        observer.disconnect();
        requestAnimationFrame(() => (window.basketAtFirst = document.querySelector("a[href='/basket']").textContent));
      }).observe(document, { childList: true, characterData: true, subtree: true });
    `);
    const orderId = await order(page, CHALLENGED_CARD);
    await heading(page, "Confirm your payment");
    await page.getByRole("button", { name: "Refuse payment" }).click();
    await heading(page, "Cancelled");
    await page.getByText("Your bank could not confirm that the payment is yours.").waitFor();
    await expectAccessible(page);
    expect(store.providers.controls.records(orderId)).to.have.property("paidAmount", 0);
    expect(await basket(page)).to.match(/Basket1/);
    expect(await page.evaluate("window.basketAtFirst")).to.match(/Basket1/);

    await page.getByRole("button", { name: "Pay with another card" }).click();
    await heading(page, "Checkout");
    expect(await page.getByLabel("Street and number").inputValue()).to.equal("Main Street 1");
    await fillCard(page);
    await page.getByRole("button", { name: /^Place order/ }).click();
    await page.getByText("Thank you!").waitFor();
    expect(page.url()).not.to.contain(orderId);
  });

  it("lets a customer who left the bank's page read the order, go there again and approve", async () => {
    const { page, store } = stage;
    await newCustomer(page, stage.store);
    const orderId = await order(page, CHALLENGED_CARD);
    await heading(page, "Confirm your payment");
    await page.getByRole("link", { name: "Leave without an answer" }).click();
    await page.getByText("If you have confirmed the payment with your bank").waitFor();
    // Long enough for a second redirect, which must not come.
    await page.waitForTimeout(3_000);
    expect(new URL(page.url()).pathname).to.equal(`/orders/${orderId}`);
    await expectAccessible(page);
    await page.getByRole("link", { name: "Confirm with your bank" }).click();
    await page.getByRole("button", { name: "Approve payment" }).click();
    await heading(page, /Being packed|On its way|Delivered/);
    expect(store.providers.controls.records(orderId).captures).to.have.length(1);
  });

  it("says on a page that is still open what was decided, and decides nothing again", async () => {
    const { page, store } = stage;
    await newCustomer(page, stage.store);
    const orderId = await order(page, CHALLENGED_CARD);
    await heading(page, "Confirm your payment");
    const challenge = page.url();
    await page.getByRole("button", { name: "Approve payment" }).click();
    await page.waitForURL(/\/orders\//);
    await page.goto(challenge);
    await heading(page, "You have approved this payment.");
    await page.getByRole("link", { name: "Back to the store" }).click();
    await page.waitForURL(`${store.url}/orders/${orderId}?new`);
  });

  it("removes what a bank adds to the address of the order's page", async () => {
    const { page } = stage;
    await newCustomer(page, stage.store);
    const orderId = await order(page);
    await page.goto(`/orders/${orderId}?new&payment_intent_client_secret=secret&redirect_status=succeeded`);
    await page.waitForURL(/\?new$/);
    await page.getByText("Thank you!").waitFor();
    await page.goBack();
    expect(page.url()).not.to.contain("secret");
  });
});
