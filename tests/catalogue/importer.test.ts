import { expect } from "chai";
import { ImportStopped, type StockImport } from "../../catalogue/importer";
import { CSV_HEADER, importFile, importFolder, jsonLine, MemoryTable } from "../kit/importFakes";
import { product } from "../kit/searchFakes";

describe("importProducts", () => {
  const folder = importFolder();
  let table: MemoryTable;
  beforeEach(() => {
    table = new MemoryTable();
  });

  it("imports good rows and skips bad ones", async () => {
    const { counts, bad } = await importFile(table, folder.write("a.jsonl", jsonLine("a"), "{", jsonLine("b")));
    expect(counts).to.deep.equal({ rows: 3, created: 2, changed: 0, unchanged: 0, bad: 1 });
    expect(bad).to.deep.equal([{ line: 2, ok: false, reasons: ["is not valid JSON"] }]);
    expect(table.items.get("b")).to.deep.include({ version: 1, homeRegion: "us-east-1", name: "Lantern" });
  });

  it("writes nothing the second time", async () => {
    const path = folder.write("a.jsonl", jsonLine("a"), jsonLine("b"));
    await importFile(table, path);
    const { counts } = await importFile(table, path);
    expect(counts).to.deep.include({ created: 0, unchanged: 2 });
    expect(table.puts).to.equal(2);
  });

  it("raises the version of changed products", async () => {
    await importFile(table, folder.write("a.jsonl", jsonLine("a"), jsonLine("b")));
    const { counts } = await importFile(
      table,
      folder.write("b.jsonl", jsonLine("a", { name: "Big Lantern" }), jsonLine("b")),
    );
    expect(counts).to.deep.include({ changed: 1, unchanged: 1 });
    expect(table.items.get("a")).to.deep.include({ version: 2, name: "Big Lantern" });
  });

  it("keeps the last of several rows for one product", async () => {
    const lines = [1, 2, 3].map((n) => jsonLine("a", { name: `Lantern ${n}` }));
    await importFile(table, folder.write("a.jsonl", ...lines));
    expect(table.items.get("a")).to.deep.include({ version: 3, name: "Lantern 3" });
  });

  it("replaces a concurrent change, and continues its version", async () => {
    let once = true;
    table.beforePut = (item) => {
      if (once) table.items.set("a", { ...item, name: "Concurrent", version: 7 });
      once = false;
    };
    await importFile(table, folder.write("a.jsonl", jsonLine("a")));
    expect(table.items.get("a")).to.deep.include({ version: 8, name: "Lantern" });
  });

  it("refuses a product with another home Region", async () => {
    table.items.set("a", product("a", { homeRegion: "us-west-2" }));
    const { counts, bad } = await importFile(table, folder.write("a.jsonl", jsonLine("a")));
    expect(counts.bad).to.equal(1);
    expect(bad[0]).to.deep.include({ line: 1, productId: "a" });
  });

  it("continues after an interruption, with bad rows before and after", async () => {
    const lines = Array.from({ length: 450 }, (_, n) => (n % 50 === 7 ? "x,y" : `p${n},Lantern ${n},P,O,1,USD,,`));
    const path = folder.write("a.csv", CSV_HEADER, ...lines);
    const first = await importFile(table, path, undefined, 150);
    expect(first.counts.rows).to.equal(200);
    const puts = table.puts;
    const second = await importFile(table, path, first.counts);
    expect(second.counts).to.deep.equal({ rows: 450, created: 441, changed: 0, unchanged: 0, bad: 9 });
    expect(table.puts - puts).to.equal(245);
    expect(table.items).to.have.length(441);
  });

  describe("when the table fails", () => {
    const timeOut = () => Object.assign(new Error("Request timed out after 10000 ms"), { name: "TimeoutError" });
    const throttled = () => Object.assign(new Error("Slow down"), { name: "ThrottlingException" });

    it("retries time-outs and throttling", async () => {
      table.failures = [timeOut(), throttled(), timeOut()];
      const { counts } = await importFile(table, folder.write("a.jsonl", jsonLine("a"), jsonLine("b")));
      expect(counts).to.deep.equal({ rows: 2, created: 2, changed: 0, unchanged: 0, bad: 0 });
    });

    it("counts a write once if its response is lost", async () => {
      let lost = 0;
      table.afterPut = () => {
        if (lost++ === 0) throw timeOut();
      };
      const { counts } = await importFile(table, folder.write("a.jsonl", jsonLine("a")));
      expect(counts).to.deep.include({ created: 1, unchanged: 0 });
      expect(table.items.get("a")).to.deep.include({ version: 1 });
    });

    it("stops with the count of stored products, and the next import continues there", async () => {
      const path = folder.write("a.jsonl", ...Array.from({ length: 250 }, (_, n) => jsonLine(`p${n}`)));
      table.beforePut = () => {
        if (table.puts >= 120) throw timeOut();
      };
      const stopped = await importFile(table, path).catch((error: unknown) => error);
      expect(stopped).to.be.instanceOf(ImportStopped);
      expect((stopped as ImportStopped).counts).to.deep.include({ rows: 100, created: 100 });
      table.beforePut = () => {};
      const { counts } = await importFile(table, path, (stopped as ImportStopped).counts);
      expect(counts).to.deep.equal({ rows: 250, created: 230, changed: 0, unchanged: 20, bad: 0 });
      expect(table.puts).to.equal(250);
    });

    it("does not retry a permanent failure", async () => {
      table.failures = [Object.assign(new Error("No such table"), { name: "ResourceNotFoundException" })];
      const refusal = await importFile(table, folder.write("a.jsonl", jsonLine("a"))).catch((error: unknown) => error);
      expect(refusal).not.to.be.instanceOf(ImportStopped);
      expect(String(refusal)).to.include("No such table");
      expect(table.failures).to.have.length(0);
      expect(table.puts).to.equal(0);
    });
  });
});

describe("importProducts with units in stock", () => {
  const folder = importFolder();
  let table: MemoryTable;
  let added: Map<string, number>;
  beforeEach(() => {
    table = new MemoryTable();
    added = new Map();
  });

  const stock = (delivery = "import-a") => ({
    delivery,
    store: {
      deliver: async (productId: string, units: number, id: string) => {
        const key = `${productId} ${id}`;
        const before = added.get(key);
        if (before === undefined) added.set(key, units);
        return before === undefined ? "delivered" : before === units ? "repeated" : "different";
      },
    } satisfies StockImport["store"],
  });
  const run = (path: string, delivery?: string) => importFile(table, path, undefined, undefined, stock(delivery));

  it("adds the units, and sells the product from them only", async () => {
    const { counts } = await run(
      folder.write("a.jsonl", jsonLine("a", { stock: 40 }), jsonLine("b"), jsonLine("c", { stock: 0 })),
    );
    expect(counts).to.include({ created: 3, units: 40 });
    expect(["a", "b", "c"].map((id) => table.items.get(id)?.counted)).to.deep.equal([true, undefined, true]);
    expect(table.items.get("a")).not.to.have.property("stock");
    expect([...added]).to.deep.equal([["a import-a", 40]]);
  });

  it("adds nothing the second time, a corrected file included, and adds another delivery", async () => {
    const path = folder.write("a.jsonl", jsonLine("a", { stock: 40 }));
    await run(path);
    const { counts } = await run(folder.write("a.jsonl", jsonLine("a", { stock: 40, name: "Big lantern" })));
    expect(counts).to.include({ changed: 1, deliveredBefore: 1 }).and.not.have.property("units");
    expect((await run(path, "D-2")).counts).to.include({ units: 40 });
  });

  it("refuses a row whose delivery had another number of units", async () => {
    await run(folder.write("a.jsonl", jsonLine("a", { stock: 40 })));
    const { bad } = await run(folder.write("a.jsonl", jsonLine("a", { stock: 45 })));
    expect(bad[0]?.reasons[0]).to.match(/^stock 45 was not added: delivery import-a had another number/);
  });

  it("adds the units before it writes the product, so that a repeated import completes both", async () => {
    const path = folder.write("a.jsonl", jsonLine("a", { stock: 40 }));
    table.beforePut = () => {
      throw new Error("the process dies");
    };
    expect(await run(path).catch(() => "dead")).to.equal("dead");
    expect([...added]).to.deep.equal([["a import-a", 40]]);
    table.beforePut = () => {};
    await run(path);
    expect([...added.values()]).to.deep.equal([40]);
    expect(table.items.get("a")).to.include({ counted: true });
  });

  it("refuses invalid units, and units of a product that is not to be counted", async () => {
    const rows = [{ stock: -1 }, { stock: 1.5 }, { stock: "4" }, { stock: 4, counted: false }];
    const { bad } = await run(folder.write("a.jsonl", ...rows.map((row) => jsonLine("a", row))));
    expect(bad.map(({ reasons }) => reasons[0])).to.deep.equal([
      "stock is -1; it must be a whole number from 0 to 1000000",
      "stock is 1.5; it must be a whole number from 0 to 1000000",
      'stock is "4"; it must be a whole number from 0 to 1000000',
      "stock is given, but counted is not true",
    ]);
    expect(added.size).to.equal(0);
  });

  it("reads the column of a CSV file", async () => {
    const row = "a,Lantern,Arden,Outdoor,19.90,USD,12";
    await run(folder.write("a.csv", "productId,name,brand,category,price,currency,stock", row));
    expect([...added.values()]).to.deep.equal([12]);
  });

  it("ends at a row with units if the table of stock is unknown", async () => {
    const path = folder.write("a.jsonl", jsonLine("a", { stock: 40 }));
    const error = await importFile(table, path).catch((reason: Error) => reason);
    expect(error).to.have.property(
      "message",
      "The file has units in stock, and the table of stock is unknown. Give --stock NAME.",
    );
  });
});
