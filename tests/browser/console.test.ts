import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectAccessible, expectNoSidewaysScrolling, type Visitor, visitor } from "./browser";
import { newCustomer } from "./customer";
import { onStage } from "./stage";
import { order } from "./steps";

describe("Console in the browser", () => {
  const stage = onStage();
  let operator: Visitor;
  let view: Page;

  beforeEach(async () => {
    operator = await visitor(stage.browser, stage.store.consoleUrl);
    view = operator.page;
  });
  afterEach(async () => {
    stage.store.providers.controls.releaseShipments();
    await operator.leave();
  });

  const press = (name: string) => view.getByRole("button", { name, exact: true }).click();
  const openOrder = async (orderId: string) => {
    await view.goto(`/#order/${orderId}`);
    await view.getByRole("heading", { name: "Timeline" }).waitFor();
  };
  /** Waits for an action's sentence, and for its entry in the order's timeline. */
  const untilTold = async (sentence: RegExp, entry: RegExp) => {
    await view.getByRole("alert").filter({ hasText: sentence }).waitFor({ timeout: 60_000 });
    await view.locator(".timeline li", { hasText: entry }).first().waitFor({ timeout: 60_000 });
  };

  it("kills an order's function, redelivers, sweeps and refuses a late cancellation, in words and in the timeline", async function () {
    this.timeout(240_000);
    await newCustomer(stage.page, stage.store);
    const { controls } = stage.store.providers;
    const gate = controls.gate({ system: "payment", operation: "authorize", when: "before" });
    const orderId = await order(stage.page);
    await openOrder(orderId);
    await press("Redeliver webhooks");
    await view.getByText("No provider has a record of this order yet").waitFor();
    await press("Hold the parcel");
    await view.getByRole("button", { name: "Release the parcel" }).waitFor();
    await view.locator(".timeline li", { hasText: "orders-authorize" }).first().waitFor();
    await press("Kill its function");
    // The second sentence between two attempts of the function, whose call of the provider has a limit.
    await untilTold(
      /^orders-\S+ in us-east-1 was killed\.$|: the next one is killed when it begins\.$/,
      /orders-\S+ in us-east-1 was killed/,
    );
    gate.open();

    await view.locator(".pill", { hasText: "SHIPPING" }).waitFor({ timeout: 120_000 });
    await view.getByText("shipping provider: ship").first().waitFor({ timeout: 60_000 });
    await press("Redeliver webhooks");
    await untilTold(/^Sent again: payment and shipping webhook\.$/, /webhooks sent again \(payment, shipping\)/);
    await press("Sweep");
    await untilTold(/^The sweeper ran in us-east-1\.$/, /the sweeper ran in us-east-1/);
    await view.locator(".timeline li", { hasText: "orders-webhooks" }).first().waitFor({ timeout: 60_000 });
    await press("Cancel the order");
    await view
      .getByRole("alert")
      .filter({ hasText: /cancel/i })
      .waitFor();
    await press("Release the parcel");
    await view.locator(".pill", { hasText: "DELIVERED" }).waitFor({ timeout: 120_000 });
    expect(controls.records(orderId).captures).to.have.length(1);
    await view.getByText(/These steps cost/).waitFor();
  });

  it("cancels an order as its customer would", async function () {
    this.timeout(120_000);
    await newCustomer(stage.page, stage.store);
    const gate = stage.store.providers.controls.gate({ system: "payment", operation: "authorize", when: "before" });
    const orderId = await order(stage.page);
    await openOrder(orderId);
    await press("Cancel the order");
    await untilTold(/^The cancellation is requested\.$/, /cancellation requested/);
    gate.open();
    await view.locator(".pill", { hasText: "CANCELLED" }).waitFor({ timeout: 60_000 });
    expect(stage.store.providers.controls.records(orderId).paidAmount).to.equal(0);
  });

  it("is accessible on a desktop and a phone, light and dark, with a long address among the messages", async function () {
    this.timeout(120_000);
    await newCustomer(stage.page, stage.store, undefined, `${"a".repeat(64)}@example.com`);
    const orderId = await order(stage.page);
    for (const [screen, colors] of [
      ["desktop", "light"],
      ["phone", "dark"],
    ] as const) {
      const guest = await visitor(stage.browser, stage.store.consoleUrl, screen, colors);
      for (const [path, text] of [
        ["store", "The store is open"],
        ["orders", orderId],
        [`order/${orderId}`, "These steps cost"],
        ["messages", "a".repeat(64)],
        ["queues", "dead-letter queue"],
        ["logs", "Function logs"],
        ["notEmulated", "Limitations of the local run"],
      ] as const) {
        await guest.page.goto(`/#${path}`);
        await guest.page.getByText(text).first().waitFor();
        if (path.startsWith("order/")) await guest.page.getByRole("button", { name: "Open all" }).click();
        await expectAccessible(guest.page);
        await expectNoSidewaysScrolling(guest.page);
      }
      expect(guest.complaints).to.deep.equal([]);
      await guest.leave();
    }
  });
});
