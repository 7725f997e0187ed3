import { expect } from "chai";
import { expectAccessible, expectNoSidewaysScrolling, untilHolds, visitor } from "./browser";
import { newCustomer } from "./customer";
import { heading, onStage } from "./stage";
import { fillBasket, search } from "./steps";

describe("languages of the storefront", function () {
  this.timeout(300_000);
  const stage = onStage();

  it("speaks the browser's language, with its prices", async () => {
    const guest = await visitor(stage.browser, stage.store.url, "desktop", "light", "de-AT");
    try {
      const { page } = guest;
      await page.goto("/");
      await heading(page, "Gute Dinge, immer zur Hand");
      expect(await page.locator("html").getAttribute("lang")).to.equal("de");
      expect(await page.locator(".card .money").first().innerText()).to.match(/^\$ \d+,\d\d$/);
      const title = "Produkte für Küche, Schreibtisch und Reisen – stayopen";
      await untilHolds(async () => expect(await page.title()).to.equal(title));
      await expectAccessible(page);
      expect(guest.complaints).to.deep.equal([]);
    } finally {
      await guest.leave();
    }
  });

  it("changes in the footer, in place, and stays after a reload", async () => {
    const { page } = stage;
    await page.goto("/");
    await page.getByRole("combobox", { name: "Search products" }).fill("kettle");
    await page.getByLabel("Language").selectOption("de");
    await page.getByRole("heading", { name: "Nach Kategorie stöbern" }).waitFor();
    // The words in the field are still there.
    expect(await page.getByRole("combobox", { name: "Produkte suchen" }).inputValue()).to.equal("kettle");
    await page.reload();
    await heading(page, "Gute Dinge, immer zur Hand");
    await page.getByLabel("Sprache").selectOption("en");
    await heading(page, "Good things, always in reach");
    await search(page, "kettle");
    await heading(page, "Results for “kettle”");
    expect(stage.guest.complaints).to.deep.equal([]);
  });

  it("fits German words on a phone, from the basket to the order", async () => {
    const phone = await visitor(stage.browser, stage.store.url, "phone");
    try {
      const { page } = phone;
      await newCustomer(page, stage.store);
      await fillBasket(page);
      await page.getByLabel("Language").selectOption("de");
      await page.getByRole("link", { name: "Zum Warenkorb" }).waitFor();
      await expectNoSidewaysScrolling(page);
      for (const [path, title] of [
        ["/", "Gute Dinge, immer zur Hand"],
        ["/basket", "Warenkorb"],
        ["/checkout", "Kasse"],
        ["/account", "Ihr Konto"],
        ["/orders", "Meine Bestellungen"],
        // No order can have this number.
        ["/orders/unknown", "Bestellung nicht gefunden"],
      ] as const) {
        await page.goto(path);
        await heading(page, title);
        await page
          .getByText(/wird geladen|werden geladen/)
          .first()
          .waitFor({ state: "detached" });
        await expectNoSidewaysScrolling(page);
      }
      const category = page.locator(".categories a", { hasText: "Arbeitszimmer" });
      await page.goto("/");
      await category.waitFor();
      const lines = await page.evaluate(`(() => {
        const words = [...document.querySelectorAll(".categories a *, .categories a")]
          .flatMap((part) => [...part.childNodes])
          .find((node) => node.nodeType === Node.TEXT_NODE && node.data === "Arbeitszimmer");
        const range = document.createRange();
        range.selectNodeContents(words);
        return range.getClientRects().length;
      })()`);
      expect(lines).to.equal(1);
    } finally {
      await phone.leave();
    }
  });

  it("loads German only when it is used", async () => {
    const { page } = stage;
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(request.url()));
    await page.goto("/");
    await heading(page, "Good things, always in reach");
    expect(loaded.filter((url) => /\/de-[^/]*\.js$/.test(url))).to.deep.equal([]);
    await page.getByLabel("Language").selectOption("de");
    await heading(page, "Gute Dinge, immer zur Hand");
    expect(loaded.filter((url) => /\/de-[^/]*\.js$/.test(url))).to.have.length(1);
  });
});
