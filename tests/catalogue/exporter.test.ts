import { expect } from "chai";
import { exportProducts } from "../../catalogue/exporter";
import { importFile, importFolder, MemoryTable } from "../kit/importFakes";
import { product } from "../kit/searchFakes";

describe("exportProducts", () => {
  const folder = importFolder();
  const table = new MemoryTable();

  for (const name of ["out.jsonl", "out.csv"]) {
    it(`writes a ${name.split(".")[1]} file that an import finds unchanged`, async () => {
      const attributes = { colour: "red", packs: 3, waterproof: true };
      table.items.set(
        "a",
        product("a", {
          name: 'A "quoted", name',
          description: 'A "quoted",\n description',
          attributes,
          price: { amount: 5, currency: "USD" },
        }),
      );
      table.items.set(
        "b",
        product("b", { price: { amount: 1_200, currency: "JPY" }, maxPerOrder: 2, image: "/images/kitchen.svg" }),
      );
      table.items.set("c", product("c", { deletedAt: "2026-11-01T00:00:00.000Z" }));
      const path = folder.pathOf(name);
      expect(await exportProducts({ client: table.client, table: "products" }, path)).to.equal(2);
      const { counts } = await importFile(table, path);
      expect(counts).to.deep.equal({ rows: 2, created: 0, changed: 0, unchanged: 2, bad: 0 });
    });
  }
});
