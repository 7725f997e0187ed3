import { expect } from "chai";
import { expectAccessible, firstVisitor, untilHolds } from "./browser";
import { heading, onStage } from "./stage";
import { search, untilFocused } from "./steps";

describe("Product search in the browser", () => {
  const stage = onStage();

  it("finds a product despite typing errors, and labels it as a close match", async () => {
    await stage.page.goto("/");
    await search(stage.page, "electirc ketle");
    await stage.page.getByText("No exact matches for “electirc ketle”. Showing close matches.").waitFor();
    await stage.page.getByRole("link", { name: "electric kettle", exact: true }).click();
    await heading(stage.page, "Results for “electric kettle”");
    await stage.page
      .getByRole("link", { name: /kettle/i })
      .first()
      .click();
    await stage.page.waitForURL(/\/products\//);
    await heading(stage.page, /kettle/i);
  });

  it("shows landing page, category and product without scripts, and says that an unknown product is not found", async () => {
    const context = await stage.browser.newContext({ baseURL: stage.store.url, javaScriptEnabled: false });
    try {
      const page = await context.newPage();
      await page.goto("/");
      expect(await page.locator(".row-products .card").count()).to.be.above(3);
      await page.getByRole("link", { name: "Kitchen" }).first().click();
      await heading(page, "Kitchen");
      await page.locator("#products a").first().click();
      await page.waitForURL(/\/products\//);
      await page.getByText(/^\$\d/).first().waitFor();
      expect(await page.locator('script[type="application/ld+json"]').count()).to.equal(2);
      const unknown = await page.goto("/products/nothing-of-that-name");
      expect(unknown?.status()).to.equal(404);
      await heading(page, "Product not found");
    } finally {
      await context.close();
    }
  });

  it("takes over the rendered page without a shift of its layout", async () => {
    const { page, leave } = await firstVisitor(stage.browser, stage.store.url);
    const { productId } = await page.request
      .get("/api/catalogue/search?q=kettle")
      .then(async (answer) => (await answer.json()).products[0]);
    for (const path of ["/", "/?q=kettle", `/products/${productId}`]) {
      await page.goto(path, { waitUntil: "networkidle" });
      const shift = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            new PerformanceObserver((list) =>
              // Layout shifts are not part of TypeScript's library.
              resolve(list.getEntries().reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0)),
            ).observe({ type: "layout-shift", buffered: true } as unknown as { type: "mark" });
            setTimeout(() => resolve(0), 500);
          }),
      );
      expect(shift, path).to.be.at.most(0.02);
    }
    await leave();
  });

  it("suggests products while typing, and opens one by keyboard", async () => {
    await stage.page.goto("/");
    // Until its answer arrives, the list is that of fewer letters, or empty.
    const isAnswered = stage.page.waitForResponse((answer) => new URL(answer.url()).searchParams.get("q") === "kett");
    await stage.page.getByRole("combobox", { name: "Search products" }).pressSequentially("kett");
    await isAnswered;
    await stage.page.getByRole("option").first().waitFor();
    await expectAccessible(stage.page);
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
    await stage.page.getByRole("checkbox", { name: /^Kitchen/, checked: true }).waitFor();
    await stage.page.goBack();
    await status.filter({ hasText: all! }).waitFor();
  });

  it("shows more products on demand, each once", async () => {
    await stage.page.goto("/");
    await stage.page.getByRole("button", { name: "Show more" }).click();
    await stage.page.locator("#products .card").nth(30).waitFor();
    const links = await stage.page.evaluate<string[]>(
      `[...document.querySelectorAll("#products .card a")].map((link) => link.getAttribute("href"))`,
    );
    expect(new Set(links).size).to.equal(links.length);
  });

  it("shows one tile for the variants of a product, and lets the customer choose one on its page", async () => {
    const { page } = stage;
    await page.goto("/?q=arden+pour+kettle");
    const tiles = page.locator("#products .card", { hasText: "Arden Pour Electric Kettle" });
    await tiles.first().waitFor();
    expect(await tiles.count()).to.equal(1);
    expect(await tiles.first().innerText()).to.match(/3 variants[\s\S]*from \$34\.90/);
    await page.goto("/products/arden-pour-electric-kettle-black");
    await heading(page, "Arden Pour Electric Kettle, black");
    const colours = page.getByRole("group", { name: "Colour" });
    await colours.waitFor();
    const overflowing = `[...document.querySelectorAll(".variant")].filter((one) => one.scrollWidth > one.clientWidth).length`;
    expect(await page.evaluate(overflowing), "names outside their buttons").to.equal(0);
    await colours.getByRole("radio", { name: "black" }).focus();
    const picture = () => page.locator(".product-picture").innerHTML();
    const before = await picture();
    await page.keyboard.press("ArrowRight");
    await heading(page, "Arden Pour Electric Kettle, steel");
    await page.waitForURL(`${stage.store.url}/products/arden-pour-electric-kettle-steel`);
    await page.locator(".product-price", { hasText: "$36.90" }).waitFor();
    await colours.getByRole("radio", { name: "steel", checked: true }).waitFor();
    await untilFocused(page, ".variant input:checked");
    await untilHolds(async () => expect(await picture()).not.to.equal(before));
    await expectAccessible(page);
    await page.getByRole("button", { name: "Add to basket" }).click();
    await page.getByRole("link", { name: "Go to basket" }).waitFor();
    const kept = await page.evaluate<{ productId: string }[]>(`JSON.parse(localStorage.getItem("stayopen.basket"))`);
    expect(kept.map(({ productId }) => productId)).to.deep.equal(["arden-pour-electric-kettle-steel"]);
    await colours.getByRole("radio", { name: "black" }).check();
    await heading(page, "Arden Pour Electric Kettle, black");
    expect(await page.getByRole("link", { name: "Go to basket" }).count()).to.equal(0);
    await page.goBack();
    await tiles.first().waitFor();
    expect(stage.guest.complaints).to.deep.equal([]);
  });
});
