import { expect } from "chai";
import { heading, onStage } from "./stage";
import { search } from "./steps";

describe("Product search in the browser", () => {
  const stage = onStage();

  it("finds a product despite typing errors, and labels it as a close match", async () => {
    await stage.page.goto("/");
    await search(stage.page, "electirc ketle");
    await stage.page.getByText("No exact matches for “electirc ketle”. Showing close matches.").waitFor();
    await stage.page
      .getByRole("link", { name: /kettle/i })
      .first()
      .click();
    await heading(stage.page, /kettle/i);
    expect(stage.page.url()).to.include("/products/");
  });

  it("suggests products while typing, and opens one by keyboard", async () => {
    await stage.page.goto("/");
    await stage.page.getByRole("combobox", { name: "Search products" }).pressSequentially("kett");
    await stage.page.getByRole("option").first().waitFor();
    await stage.page.keyboard.press("ArrowDown");
    await stage.page.keyboard.press("Enter");
    await heading(stage.page, /kettle/i);
  });

  it("keeps filters in the address, over a reload and when going back", async () => {
    await stage.page.goto("/");
    const status = stage.page.getByRole("status").first();
    await status.filter({ hasText: /products/ }).waitFor();
    const all = await status.textContent();
    await stage.page.getByRole("checkbox", { name: /^Kitchen/ }).check();
    await stage.page.waitForURL(/category=Kitchen/);
    await status.filter({ hasNotText: all! }).waitFor();
    await stage.page.reload();
    expect(await stage.page.getByRole("checkbox", { name: /^Kitchen/ }).isChecked()).to.equal(true);
    await stage.page.goBack();
    await status.filter({ hasText: all! }).waitFor();
  });

  it("shows more products on demand, each once", async () => {
    await stage.page.goto("/");
    await stage.page.getByRole("button", { name: "Show more" }).click();
    await stage.page.locator("#products .card").nth(30).waitFor();
    const links = await stage.page
      .locator("#products .card a")
      .evaluateAll((found) => found.map((link) => link.getAttribute("href")));
    expect(new Set(links).size).to.equal(links.length);
  });
});
