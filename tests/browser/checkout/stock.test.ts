import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { StockStore } from "../../../components/orderService/handlers/stock/stockStore";
import { ProductStore } from "../../../components/searchService/handlers/productStore";
import { contentOf } from "../../../domain/catalogue/change";
import { product } from "../../kit/searchFakes";
import { expectAccessible, untilHolds } from "../browser";
import { heading, onStage } from "../stage";

describe("Counted stock in the browser", () => {
  const stage = onStage();

  /** Makes a counted product, and returns what changes its units. */
  async function makeProduct(productId: string, name: string) {
    const [[region, { endpoint, deployment }]] = Object.entries(stage.store.regions) as [
      [string, (typeof stage.store.regions)[string]],
    ];
    const plain = new DynamoDBClient({ region, endpoint, credentials: deployment.credentials });
    const client = DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } });
    const products = new ProductStore({ client, table: String(deployment.outputs["productsTable"]), region });
    const stock = new StockStore(client, String(deployment.outputs["stockTable"]), region);
    await products.put(productId, contentOf(product(productId, { name, counted: true })), 0);
    return (id: string, units: number) => stock.deliver(productId, units, id, new Date().toISOString());
  }

  it("shows how few are left, then that the product is sold out, on every page", async function () {
    this.timeout(300_000);
    const { page } = stage;
    const deliver = await makeProduct("counted-lantern", "Zircon lantern");
    await deliver("D-1", 3);

    await page.goto("/products/counted-lantern");
    await page.getByText("Only 3 left").waitFor();
    expect(await page.getByLabel("Quantity").getAttribute("max")).to.equal("3");
    await page.getByLabel("Quantity").fill("3");
    await page.getByRole("button", { name: "Add to basket" }).click();
    await page.getByRole("link", { name: "Go to basket" }).click();
    await page.getByRole("link", { name: "Check out" }).waitFor();

    await deliver("C-1", -1);
    await page.reload();
    await page.getByText("Only 2 left.").waitFor();
    await page.getByText("Remove the unavailable items, or lower their quantity, to check out.").waitFor();
    await expectAccessible(page);
    expect(await page.getByRole("link", { name: "Check out" }).count()).to.equal(0);
    await page.getByLabel("Quantity of Zircon lantern").selectOption("2");
    await page.getByRole("link", { name: "Check out" }).waitFor();

    await deliver("C-2", -2);
    await page.reload();
    await page.getByText("Sold out.", { exact: true }).waitFor();
    await page.goto("/products/counted-lantern");
    await heading(page, "Zircon lantern");
    await page.getByText("Sold out. It cannot be ordered at the moment.").waitFor();
    await expectAccessible(page);
    expect(await page.getByRole("button", { name: "Add to basket" }).count()).to.equal(0);

    const card = page.locator(".card", { hasText: "Zircon lantern" });
    // The index follows the table.
    await untilHolds(async () => {
      await page.goto("/?q=zircon");
      await card.getByText("Sold out").waitFor({ timeout: 2_000 });
    }, 120_000);
    await page.getByRole("checkbox", { name: /^Out of stock/ }).check();
    await card.waitFor();
    await expectAccessible(page);
    expect(stage.guest.complaints).to.deep.equal([]);
  });
});
