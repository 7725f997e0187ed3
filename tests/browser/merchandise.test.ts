import { expect } from "chai";
import { expectAccessible, expectNoSidewaysScrolling, untilHolds } from "./browser";
import { newCustomer } from "./customer";
import { heading, onStage } from "./stage";
import { order } from "./steps";

describe("The merchandiser's page", () => {
  const stage = onStage();

  const newMerchandiser = () => newCustomer(stage.page, stage.store, "merchandisers");

  it("refuses customers with a sentence that says what to do", async function () {
    this.timeout(300_000);
    await newCustomer(stage.page, stage.store);
    await stage.page.goto("/merchandise");
    await heading(stage.page, "This page is for merchandisers.");
    await expectAccessible(stage.page);
    await stage.page.goto("/account");
    await heading(stage.page, "Your account");
    expect(await stage.page.getByRole("link", { name: /Merchandising/ }).count()).to.equal(0);
  });

  it("creates a product, changes it, counts its units, and shows the change on its page", async function () {
    this.timeout(300_000);
    const { page } = stage;
    await newMerchandiser();
    await page.goto("/account");
    await page.getByRole("link", { name: /Merchandising/ }).click();
    await heading(page, "Merchandising");
    await page.getByRole("button", { name: "New product" }).click();
    await page.getByLabel("Product id").fill("zephyr-fan");
    await page.getByLabel("Name").fill("Zephyr Desk Fan");
    await page.getByLabel("Brand").fill("Zephyr");
    await page.getByLabel("Category").fill("Home Office");
    await page.getByLabel("Price in USD").fill("19.999");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Enter a price, such as 19.90.").waitFor();
    await expectAccessible(page);
    await page.getByLabel("Price in USD").fill("19.90");
    await page.getByLabel("Attributes").fill("colour=white\nspeeds=3");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved as version 1.").waitFor();
    await page.getByLabel("Sold from counted stock only").check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved as version 2.").waitFor();
    await page.getByLabel("Delivery note").fill("D-1");
    await page.getByLabel("Units").fill("3");
    await page.getByRole("button", { name: "Add units" }).click();
    await page.getByText("3 left in all").waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Open its page" }).click();
    await heading(page, "Zephyr Desk Fan");
    await page.locator(".product-price", { hasText: "$19.90" }).waitFor();
    await page.getByText("Only 3 left").waitFor();

    // The longest words of all, on the narrowest screen.
    await page.getByLabel("Language").selectOption("de");
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["/account", "/merchandise", "/merchandise?part=search", "/merchandise?part=refunds"]) {
      await page.goto(path);
      await page.locator("main form").first().waitFor();
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
    }
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("pins, hides and brings back a product, and shows the change in search", async function () {
    this.timeout(300_000);
    const { page } = stage;
    await newMerchandiser();
    await page.goto("/merchandise?part=search");
    await page.getByLabel("Query").fill("torch");
    await page.getByRole("button", { name: "Show results" }).click();
    const results = page.locator("ol.merchandise-list li");
    await results.first().waitFor();
    const last = results.last();
    const name = (await last.locator(".merchandise-name").innerText()).split("\n")[0]!;
    const [productName] = name.split(/ (?=\S+$)/);
    await last.getByRole("button", { name: /^Pin to top/ }).click();
    await page.getByText("Saved. Searches follow").waitFor();
    await results.first().getByText("Pinned").waitFor({ timeout: 240_000 });
    await expectAccessible(page);

    await page.getByLabel("Weight of a boost").fill("7");
    await results
      .first()
      .getByRole("button", { name: /^Boost/ })
      .click();
    await page
      .locator("section", { has: page.getByRole("heading", { name: "Boosted" }) })
      .getByText("+7")
      .waitFor();
    await results.first().getByRole("button", { name: /^Hide/ }).click();
    await page.getByText("Hidden products").waitFor();
    await expectAccessible(page);
    await results.first().getByText("Pinned").waitFor({ state: "detached", timeout: 240_000 });
    expect(await results.filter({ hasText: productName! }).count()).to.be.lessThan(2);
    for (const list of ["Pinned queries", "Boosted", "Hidden products"]) {
      const section = page.locator("section", { has: page.getByRole("heading", { name: list }) });
      await section.getByRole("button", { name: /^Remove/ }).click();
      await section.getByText("None.").waitFor();
    }
    await page.getByRole("textbox", { name: "Synonyms" }).fill("zzlamp => torch");
    await page.getByRole("button", { name: "Save synonyms" }).click();
    await page.getByText("Saved. Searches follow").waitFor();
    // The results are cached for some seconds, and so is their absence.
    await untilHolds(async () => {
      await page.reload();
      await page.getByLabel("Query").fill("zzlamp");
      await page.getByRole("button", { name: "Show results" }).click();
      await results.first().waitFor({ timeout: 2_000 });
    }, 180_000);
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("lists an order in progress, refunds a piece of it, and finds it by state, day and email address", async function () {
    this.timeout(300_000);
    const { page } = stage;
    const email = await newMerchandiser();
    const gate = stage.store.providers.controls.gate({ system: "payment", operation: "authorize", when: "before" });
    // The store and this browser have the same clock and zone.
    const today = () => page.evaluate<string>('new Date().toLocaleDateString("en-CA")');
    const earliest = await today();
    const orderId = await order(page);
    const latest = await today();
    await page.goto("/merchandise?part=refunds");
    await page.getByRole("button", { name: orderId }).click();
    await page.getByText("No refunds yet.").waitFor();
    await expectAccessible(page);
    gate.open();
    await page.getByLabel("Order number").fill(orderId);
    await page.getByRole("button", { name: "Show order" }).click();
    await page.getByLabel(/^Pieces of .* to refund/).waitFor();
    // Refused until the order is captured.
    await untilHolds(
      async () => {
        await page.getByLabel(/^Pieces of .* to refund/).fill("1");
        expect(await page.getByLabel("Amount in USD").isDisabled()).to.equal(true);
        await page.getByLabel("Reason").fill("Scratched lid");
        await page.getByRole("button", { name: "Refund", exact: true }).click();
        const done = page.getByText("Requested. The payment provider decides");
        const refused = page.getByRole("alert");
        await done.or(refused).first().waitFor();
        if ((await done.count()) === 0) throw new Error(await refused.first().innerText());
      },
      120_000,
      1_000,
    );
    await page
      .locator("li", { hasText: "Scratched lid" })
      .getByText(/^\$\d+\.\d\d$/)
      .waitFor();
    await page.getByText("0 of 1 not refunded").waitFor();
    // The answer of the payment provider comes without a reload.
    await page.locator("li", { hasText: "Scratched lid" }).getByText("Refunded", { exact: true }).waitFor();
    const listed = page.getByRole("button", { name: orderId });
    await page.getByLabel("Show", { exact: true }).selectOption("Cancelled");
    await listed.waitFor({ state: "detached" });
    await page.getByLabel("Show", { exact: true }).selectOption("With refunds");
    await page.locator("li").filter({ has: listed }).getByText("with refunds").waitFor();
    await page.getByLabel("Show", { exact: true }).selectOption("All orders");
    await page.getByLabel("Customer's email").fill("x@example.com");
    await page.getByText("No such order found.").waitFor();
    await page.getByLabel("Customer's email").fill(email.toUpperCase());
    await listed.waitFor();
    await untilHolds(async () =>
      expect(await page.locator(".merchandise-list").last().locator("li").count()).to.equal(1),
    );
    await page.getByLabel("Day").fill("2026-01-31");
    await page.getByText("No such order found.").waitFor();
    // The order may have been placed on either side of midnight.
    let isListed = false;
    for (const day of new Set([earliest, latest])) {
      await page.getByLabel("Day").fill(day);
      isListed ||= await listed.waitFor().then(
        () => true,
        () => false,
      );
    }
    expect(isListed).to.equal(true);
    await expectAccessible(page);

    await page.goto(`/orders/${orderId}`);
    const track = page.getByRole("link", { name: "Track the parcel" });
    await track.waitFor();
    expect(await track.getAttribute("href")).to.match(/\/parcels\/HP\d{9}$/);
    await expectAccessible(page);
    expect(stage.guest.complaints).to.deep.equal([]);
  });
});
