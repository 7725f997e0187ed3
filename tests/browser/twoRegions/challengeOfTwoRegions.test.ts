import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import type { Store } from "../../../local/store";
import { useFailoverStore } from "../../kit/failoverStore";
import { keepPicture, launchBrowser, type Visitor, visitor } from "../browser";
import { newCustomer } from "../customer";
import { heading } from "../stage";
import { CHALLENGED_CARD, order, untilSearchable } from "../steps";

describe("Confirming a payment with the bank in two Regions", function () {
  this.timeout(300_000);
  let store: Store;
  let browser: Browser;
  let guest: Visitor;
  let page: Page;

  before(async () => {
    ({ store } = await useFailoverStore());
    browser = await launchBrowser();
    await untilSearchable(store.url);
  });
  after(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    guest = await visitor(browser, store.url);
    page = guest.page;
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await keepPicture(page, this.currentTest.title);
    await guest.leave();
  });

  it("gives the order up when the customer never answers, and charges nothing for a late approval", async () => {
    await newCustomer(page, store);
    const orderId = await order(page, CHALLENGED_CARD);
    await heading(page, "Confirm your payment");
    const late = await guest.page.context().newPage();
    await late.goto(`${store.url}/orders/${orderId}`);
    await late.getByRole("heading", { name: "Cancelled", level: 1 }).waitFor({ timeout: 240_000 });
    await late.getByText("The payment could not be confirmed in time.").waitFor();

    await page.getByRole("button", { name: "Approve payment" }).click();
    await page.waitForURL(/\/orders\//);
    await heading(page, "Cancelled");
    const { payment, authorizations, captures } = store.providers.controls.records(orderId);
    expect([payment?.status, authorizations.length, captures.length]).to.deep.equal(["voided", 0, 0]);
  });

  it("returns to an order that the surviving Region finishes when its own was killed meanwhile", async () => {
    await newCustomer(page, store);
    const orderId = await order(page, CHALLENGED_CARD);
    await heading(page, "Confirm your payment");
    // The primary has all traffic, so the order is its own.
    await store.chaos.kill("us-east-1");

    await page.getByRole("button", { name: "Approve payment" }).click();
    await page.waitForURL(/\/orders\//);
    await page
      .getByRole("heading", { name: /Being packed|On its way|Delivered/, level: 1 })
      .waitFor({ timeout: 240_000 });
    const { authorizations, captures } = store.providers.controls.records(orderId);
    expect([authorizations.length, captures.length]).to.deep.equal([1, 1]);
  });
});
