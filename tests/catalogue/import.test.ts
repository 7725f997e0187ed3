import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  ScanCommand,
} from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { Checkpoint } from "../../catalogue/checkpoint";
import { exportProducts } from "../../catalogue/exporter";
import { type BadRow, type ImportCounts, ImportStopped, importProducts } from "../../catalogue/importer";
import { Pace } from "../../catalogue/pace";
import { type Row, readRows } from "../../catalogue/rows";
import type { Product } from "../../domain/catalogue/product";
import { product } from "../kit/searchFakes";
import { temporaryFolder } from "../kit/temporaryFolder";

/** As much of a table as an import needs, conditions included. */
class MemoryTable {
  readonly items = new Map<string, Product>();
  puts = 0;
  /** Requests that fail before the table is asked. */
  failures: Error[] = [];
  /** Happens after a put was stored: its answer may get lost. */
  afterPut: (item: Product) => void = () => {};
  /** Happens before a put is judged. */
  beforePut: (item: Product) => void = () => {};

  get client(): DynamoDBDocumentClient {
    return { send: async (command: unknown) => this.answer(command) } as unknown as DynamoDBDocumentClient;
  }

  private answer(command: unknown): unknown {
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (command instanceof GetCommand) return { Item: this.items.get(command.input.Key!["productId"]) };
    if (command instanceof ScanCommand) return { Items: [...this.items.values()] };
    if (command instanceof BatchGetCommand) {
      const [[table, { Keys = [] }]] = Object.entries(command.input.RequestItems!) as [
        [string, { Keys?: { productId: string }[] }],
      ];
      const found = Keys.map(({ productId }) => this.items.get(productId)).filter((item) => item !== undefined);
      return { Responses: { [table]: found } };
    }
    if (!(command instanceof PutCommand)) throw new Error("not expected");
    const item = command.input.Item as Product;
    this.beforePut(item);
    const expected = command.input.ExpressionAttributeValues?.[":replaces"];
    expect(command.input.ConditionExpression).to.be.a("string");
    if (this.items.get(item.productId)?.version !== expected) {
      throw new ConditionalCheckFailedException({ message: "", $metadata: {} });
    }
    this.puts++;
    this.items.set(item.productId, item);
    this.afterPut(item);
    return {};
  }
}

describe("catalogue import", () => {
  let directory: string;
  let table: MemoryTable;
  beforeEach(() => {
    directory = temporaryFolder("stayopen-import");
    table = new MemoryTable();
  });

  const file = (name: string, ...lines: string[]) => {
    const path = join(directory, name);
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
    return path;
  };
  const rowsOf = async (path: string) => {
    const rows: Row[] = [];
    for await (const row of readRows(path)) rows.push(row);
    return rows;
  };
  const importFile = async (path: string, from?: ImportCounts, stopAfterRows = Number.POSITIVE_INFINITY) => {
    const bad: BadRow[] = [];
    const stop = new AbortController();
    const counts = await importProducts({
      rows: readRows(path),
      target: { client: table.client, table: "products", region: "us-east-1" },
      from,
      onBadRow: (row) => bad.push(row),
      onProgress: ({ rows }) => {
        if (rows >= stopAfterRows) stop.abort();
      },
      signal: stop.signal,
      pace: { attempts: 5, firstWaitMs: 1 },
    });
    return { counts, bad };
  };
  const jsonLine = (productId: string, content: Record<string, unknown> = {}) =>
    JSON.stringify({
      productId,
      name: "Lantern",
      brand: "Pinegrove",
      category: "Outdoor",
      description: "",
      price: { amount: 1990, currency: "USD" },
      availability: "in-stock",
      attributes: {},
      ...content,
    });
  const header = "productId,name,brand,category,price,currency,attribute:colour,attribute:packs";

  describe("reading files", () => {
    it("reads products of JSON Lines, a byte order mark and empty lines aside", async () => {
      const rows = await rowsOf(file("a.jsonl", `\uFEFF${jsonLine("a")}`, "", jsonLine("b")));
      expect(rows.map((row) => [row.line, row.ok, row.productId])).to.deep.equal([
        [1, true, "a"],
        [3, true, "b"],
      ]);
    });

    it("reports bad JSON lines by number and goes on", async () => {
      const rows = await rowsOf(
        file(
          "a.jsonl",
          "{",
          "[]",
          jsonLine("a", { price: { amount: -1, currency: "USD" } }),
          jsonLine("no spaces"),
          jsonLine("b"),
        ),
      );
      expect(rows.map((row) => (row.ok ? row.productId : `${row.line}: ${row.reasons}`))).to.deep.equal([
        "1: is not valid JSON",
        "2: is not a JSON object",
        "3: price.amount must be >= 0",
        "4: productId must be 1 to 64 letters, digits, dots, hyphens or underscores",
        "b",
      ]);
    });

    it("reads products of CSV, prices by their digits and attributes by their form", async () => {
      const [row] = await rowsOf(file("a.csv", header, '"a","Lantern, small",Pinegrove,Outdoor,19.9,USD,true,007'));
      expect(row).to.deep.include({ ok: true, line: 2, productId: "a" });
      expect(row?.ok && row.content).to.deep.equal({
        name: "Lantern, small",
        brand: "Pinegrove",
        category: "Outdoor",
        description: "",
        price: { amount: 1990, currency: "USD" },
        availability: "in-stock",
        attributes: { colour: true, packs: "007" },
      });
    });

    it("reports bad CSV rows by number, in the file's order, and goes on", async () => {
      const path = file(
        "a.csv",
        `${header},description`,
        "a,Lantern,P,O,free,USD,,,",
        "b,too,few",
        'c,Lantern,P,O,1,USD,,,"two',
        'lines"',
        "d,Lantern,P,O,1.999,USD,,,",
        "e,Lantern,P,O,1,usd,,,",
        "f,,P,O,1,USD,,,",
      );
      expect((await rowsOf(path)).map((row) => (row.ok ? row.productId : `${row.line}: ${row.reasons}`))).to.deep.equal(
        [
          '2: price "free" is not an amount of USD, such as 19',
          "3: Invalid Record Length: columns length is 9, got 3",
          "c",
          '6: price "1.999" is not an amount of USD, such as 19',
          '7: currency "usd" is not a currency of ISO 4217, such as USD',
          "8: name is missing",
        ],
      );
    });

    it("refuses a file without a needed column, and one that is neither CSV nor JSON Lines", async () => {
      expect(await rowsOf(file("a.csv", "productId,name", "a,b")).catch(String)).to.match(
        /no column "brand", "category", "price", "currency"\./,
      );
      expect(() => readRows("a.xml")).to.throw("name it .csv or .jsonl");
    });
  });

  describe("writing", () => {
    it("keeps good rows and skips bad ones", async () => {
      const { counts, bad } = await importFile(file("a.jsonl", jsonLine("a"), "{", jsonLine("b")));
      expect(counts).to.deep.equal({ rows: 3, created: 2, changed: 0, unchanged: 0, bad: 1 });
      expect(bad).to.deep.equal([{ line: 2, ok: false, reasons: ["is not valid JSON"] }]);
      expect(table.items.get("b")).to.deep.include({ version: 1, homeRegion: "us-east-1", name: "Lantern" });
    });

    it("writes nothing the second time", async () => {
      const path = file("a.jsonl", jsonLine("a"), jsonLine("b"));
      await importFile(path);
      const { counts } = await importFile(path);
      expect(counts).to.deep.include({ created: 0, unchanged: 2 });
      expect(table.puts).to.equal(2);
    });

    it("raises the version of what changed", async () => {
      await importFile(file("a.jsonl", jsonLine("a"), jsonLine("b")));
      const { counts } = await importFile(file("b.jsonl", jsonLine("a", { name: "Big Lantern" }), jsonLine("b")));
      expect(counts).to.deep.include({ changed: 1, unchanged: 1 });
      expect(table.items.get("a")).to.deep.include({ version: 2, name: "Big Lantern" });
    });

    it("lets the last of several rows for one product win", async () => {
      const lines = [1, 2, 3].map((n) => jsonLine("a", { name: `Lantern ${n}` }));
      await importFile(file("a.jsonl", ...lines));
      expect(table.items.get("a")).to.deep.include({ version: 3, name: "Lantern 3" });
    });

    it("overwrites what somebody wrote while it was at it, and loses no version", async () => {
      let once = true;
      table.beforePut = (item) => {
        if (once) table.items.set("a", { ...item, name: "Somebody's", version: 7 });
        once = false;
      };
      await importFile(file("a.jsonl", jsonLine("a")));
      expect(table.items.get("a")).to.deep.include({ version: 8, name: "Lantern" });
    });

    it("refuses a product whose home is another Region", async () => {
      table.items.set("a", product("a", { homeRegion: "us-west-2" }));
      const { counts, bad } = await importFile(file("a.jsonl", jsonLine("a")));
      expect(counts.bad).to.equal(1);
      expect(bad[0]).to.deep.include({ line: 1, productId: "a" });
    });
  });

  describe("a table that pushes back", () => {
    const timeOut = () => Object.assign(new Error("Request timed out after 10000 ms"), { name: "TimeoutError" });
    const throttled = () => Object.assign(new Error("Slow down"), { name: "ThrottlingException" });

    it("is asked again", async () => {
      table.failures = [timeOut(), throttled(), timeOut()];
      const { counts } = await importFile(file("a.jsonl", jsonLine("a"), jsonLine("b")));
      expect(counts).to.deep.equal({ rows: 2, created: 2, changed: 0, unchanged: 0, bad: 0 });
    });

    it("counts a write once whose answer was lost", async () => {
      let lost = 0;
      table.afterPut = () => {
        if (lost++ === 0) throw timeOut();
      };
      const { counts } = await importFile(file("a.jsonl", jsonLine("a")));
      expect(counts).to.deep.include({ created: 1, unchanged: 0 });
      expect(table.items.get("a")).to.deep.include({ version: 1 });
    });

    it("ends the import with what is stored for good, and the next import continues there", async () => {
      const path = file("a.jsonl", ...Array.from({ length: 250 }, (_, n) => jsonLine(`p${n}`)));
      table.beforePut = () => {
        if (table.puts >= 120) throw timeOut();
      };
      const stopped = await importFile(path).catch((error: unknown) => error);
      expect(stopped).to.be.instanceOf(ImportStopped);
      expect((stopped as ImportStopped).counts).to.deep.include({ rows: 100, created: 100 });
      table.beforePut = () => {};
      const { counts } = await importFile(path, (stopped as ImportStopped).counts);
      expect(counts).to.deep.equal({ rows: 250, created: 230, changed: 0, unchanged: 20, bad: 0 });
      expect(table.puts).to.equal(250);
    });

    it("is not asked again for what repeating can't mend", async () => {
      table.failures = [Object.assign(new Error("No such table"), { name: "ResourceNotFoundException" })];
      const refusal = await importFile(file("a.jsonl", jsonLine("a"))).catch((error: unknown) => error);
      expect(refusal).not.to.be.instanceOf(ImportStopped);
      expect(String(refusal)).to.include("No such table");
      expect(table.failures).to.have.length(0);
      expect(table.puts).to.equal(0);
    });

    it("gets fewer parallel writes after each push back, and more while it keeps up", async () => {
      const pace = new Pace({ firstWaitMs: 1 });
      for (let batch = 0; batch < 10; batch++) pace.endBatch();
      expect(pace.parallel).to.equal(50);
      for (const expected of [25, 12, 6]) {
        await pace.backOff(1);
        await pace.backOff(1);
        pace.endBatch();
        expect(pace.parallel).to.equal(expected);
      }
      pace.endBatch();
      expect(pace.parallel).to.equal(11);
    });
  });

  describe("resuming", () => {
    it("goes on where it was interrupted, with bad rows before and after", async () => {
      const lines = Array.from({ length: 450 }, (_, n) => (n % 50 === 7 ? "x,y" : `p${n},Lantern ${n},P,O,1,USD,,`));
      const path = file("a.csv", header, ...lines);
      const first = await importFile(path, undefined, 150);
      expect(first.counts.rows).to.equal(200);
      const puts = table.puts;
      const second = await importFile(path, first.counts);
      expect(second.counts).to.deep.equal({ rows: 450, created: 441, changed: 0, unchanged: 0, bad: 9 });
      expect(table.puts - puts).to.equal(245);
      expect(table.items).to.have.length(441);
    });

    it("remembers how far a file is until the file changes", () => {
      const path = file("a.jsonl", jsonLine("a"));
      const counts: ImportCounts = { rows: 5, created: 4, changed: 0, unchanged: 0, bad: 1 };
      new Checkpoint(path, "products", directory).save(counts);
      expect(new Checkpoint(path, "products", directory).read()).to.deep.equal(counts);
      expect(new Checkpoint(path, "other", directory).read()).to.equal(undefined);
      utimesSync(path, 1, 1);
      expect(new Checkpoint(path, "products", directory).read()).to.equal(undefined);
    });
  });

  describe("exporting", () => {
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
        const path = join(directory, name);
        expect(await exportProducts({ client: table.client, table: "products" }, path)).to.equal(2);
        const { counts } = await importFile(path);
        expect(counts).to.deep.equal({ rows: 2, created: 0, changed: 0, unchanged: 2, bad: 0 });
      });
    }
  });
});
