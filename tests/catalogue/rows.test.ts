import { expect } from "chai";
import { type Row, readRows } from "../../catalogue/rows";
import { CSV_HEADER, importFolder, jsonLine } from "../kit/importFakes";

describe("readRows", () => {
  const folder = importFolder();
  const rowsOf = async (path: string) => {
    const rows: Row[] = [];
    for await (const row of readRows(path)) rows.push(row);
    return rows;
  };

  it("reads JSON Lines, without a byte order mark and empty lines", async () => {
    const rows = await rowsOf(folder.write("a.jsonl", `\uFEFF${jsonLine("a")}`, "", jsonLine("b")));
    expect(rows.map((row) => [row.line, row.ok, row.productId])).to.deep.equal([
      [1, true, "a"],
      [3, true, "b"],
    ]);
  });

  it("reports bad JSON lines by number, and continues", async () => {
    const rows = await rowsOf(
      folder.write(
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

  it("reads CSV, prices by their digits and attributes by their form", async () => {
    const [row] = await rowsOf(
      folder.write("a.csv", CSV_HEADER, '"a","Lantern, small",Pinegrove,Outdoor,19.9,USD,true,007'),
    );
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

  it("reports bad CSV rows by number in the file's order, and continues", async () => {
    const path = folder.write(
      "a.csv",
      `${CSV_HEADER},description`,
      "a,Lantern,P,O,free,USD,,,",
      "b,too,few",
      'c,Lantern,P,O,1,USD,,,"two',
      'lines"',
      "d,Lantern,P,O,1.999,USD,,,",
      "e,Lantern,P,O,1,usd,,,",
      "f,,P,O,1,USD,,,",
    );
    expect((await rowsOf(path)).map((row) => (row.ok ? row.productId : `${row.line}: ${row.reasons}`))).to.deep.equal([
      '2: price "free" is not an amount of USD, such as 19',
      "3: Invalid Record Length: columns length is 9, got 3",
      "c",
      '6: price "1.999" is not an amount of USD, such as 19',
      '7: currency "usd" is not a currency of ISO 4217, such as USD',
      "8: name is missing",
    ]);
  });

  it("refuses a file without a required column, and one that is neither CSV nor JSON Lines", async () => {
    expect(await rowsOf(folder.write("a.csv", "productId,name", "a,b")).catch(String)).to.match(
      /no column "brand", "category", "price", "currency"\./,
    );
    expect(() => readRows("a.xml")).to.throw("name it .csv or .jsonl");
  });
});
