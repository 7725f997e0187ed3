import { expect } from "chai";
import { expectAccessible, untilHolds } from "../browser";
import { newCustomer, putInBasket } from "../customer";
import { onStage } from "../stage";
import { fillCheckout } from "../steps";

/** Amount of a text such as `Total $48.90`, in cents. */
const centsOf = (text: string | null): number =>
  Math.round(Number(/\$([\d,]+\.\d\d)/.exec(text ?? "")![1]!.replace(",", "")) * 100);

describe("Shipping and tax in the browser", () => {
  const stage = onStage();

  it("are chosen and shown at checkout, and are on the order's page and in the ledger", async function () {
    this.timeout(300_000);
    const { page } = stage;
    await newCustomer(page, stage.store);
    await putInBasket(page);
    await page.goto("/basket");
    await page.getByText("Shipping and taxes are shown at checkout.").waitFor();
    await page.goto("/checkout");
    await fillCheckout(page);
    const summary = page.getByRole("complementary", { name: "Order summary" });
    await summary.getByText("Shipping (Standard)").waitFor();
    // The address is priced after a pause in typing; the button waits for that.
    await page.locator('main form button[type="submit"]:not(:disabled)').waitFor();
    const total = async () => centsOf(await summary.locator(".total").textContent());
    const before = await total();
    await expectAccessible(page);

    await page.getByRole("radio", { name: /Express 1 to 2 days/ }).check();
    await summary.getByText("Shipping (Express)").waitFor();
    await untilHolds(async () => expect(await total()).to.equal(before + 1_290));
    const tax = centsOf(await summary.getByText("Including Sales tax 8%").textContent());
    expect(tax).to.equal(Math.round(((before + 1_290) * 8) / 108));
    await page.getByRole("button", { name: `Place order for $${((before + 1_290) / 100).toFixed(2)}` }).click();

    await page.getByText("Thank you!").waitFor();
    await page.getByText("Shipping (Express)").waitFor();
    expect(centsOf(await page.getByText("Including Sales tax 8%").textContent())).to.equal(tax);
    await page.getByText("Express, 1 to 2 days").waitFor();
    const orderId = new URL(page.url()).pathname.split("/").pop()!;
    await page
      .getByRole("heading", { name: /Being packed|On its way|Delivered/, level: 1 })
      .waitFor({ timeout: 240_000 });
    expect(stage.store.providers.controls.records(orderId)).to.have.property("paidAmount", before + 1_290);
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("keep an order from being sent where the store does not deliver", async function () {
    this.timeout(300_000);
    const { page } = stage;
    await newCustomer(page, stage.store);
    await putInBasket(page);
    await page.route("**/api/orders/quotes", (route) =>
      route.fulfill({ status: 422, json: { type: "/problems/not-delivered" } }),
    );
    await page.goto("/checkout");
    await page.getByText("We don't deliver to this country.").waitFor();
    await expectAccessible(page);
    expect(await page.getByRole("button", { name: "Place order" }).isDisabled()).to.equal(true);
  });
});
