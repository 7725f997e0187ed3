import { expect } from "chai";
import { columnsFor, contentOfRow, fieldsOf, missingColumns, priceReason, stockOfRow } from "../../catalogue/csvRow";
import { CURRENCIES, minorDigits } from "../../domain/money";
import { product } from "../kit/searchFakes";

/** An amount written by its digits alone. */
function written(amount: number, digits: number): string {
  const text = String(amount).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return digits === 0 ? whole : `${whole}.${text.slice(-digits)}`;
}

describe("a CSV row", () => {
  it("writes a price by the digits of its currency, out and in again", () => {
    for (const currency of CURRENCIES) {
      for (const amount of [0, 1, 6_980, 100_000_000]) {
        const columns = ["price", "currency"];
        const [price, code] = fieldsOf(product("p-1", { price: { amount, currency } }), columns);
        expect(price).to.equal(written(amount, minorDigits(currency)!));
        expect(contentOfRow({ price: price!, currency: code! })["price"]).to.deep.equal({ amount, currency });
      }
    }
    expect(priceReason({ price: "1", currency: "QQQ" })).to.deep.equal([
      'currency "QQQ" is not a currency of ISO 4217, such as USD',
    ]);
  });

  it("has attributes as columns, in their types", () => {
    const row = { "attribute:colour": " red ", "attribute:waterproof": "true", "attribute:litres": "1.5" };
    expect(contentOfRow({ ...row, "attribute:model": "007", "attribute:size": "" })["attributes"]).to.deep.equal({
      colour: "red",
      waterproof: true,
      litres: 1.5,
      model: "007",
    });
  });

  it("is in stock without availability, and has no fields that are empty", () => {
    const content = contentOfRow({ name: "Kettle", image: " ", maxPerOrder: "", group: "" });
    expect(content).to.include({ name: "Kettle", availability: "in-stock", description: "" });
    expect(content).not.to.have.any.keys("image", "maxPerOrder", "group");
  });

  it("names the group of a variant, out and in again", () => {
    const [group] = fieldsOf(product("kettle-black", { group: "kettle" }), ["group"]);
    expect(contentOfRow({ group: group! })).to.include({ group: "kettle" });
    expect(columnsFor([])).to.include("group");
  });

  it("may not have a price with more digits than its currency", () => {
    expect(priceReason({ price: "1.50", currency: "JPY" })).to.deep.equal([
      'price "1.50" is not an amount of JPY, such as 19',
    ]);
    expect(priceReason({ price: "1.00", currency: "JPY" })).to.deep.equal([]);
  });

  it("has the fields of a product in the order of the columns", () => {
    const columns = columnsFor(["size", "colour"]);
    expect(columns.slice(-2)).to.deep.equal(["attribute:colour", "attribute:size"]);
    const fields = fieldsOf(product("p-1", { name: "Kettle", attributes: { size: 2, colour: "red" } }), columns);
    expect(fields.slice(0, 2)).to.deep.equal(["p-1", "Kettle"]);
    expect(fields.slice(-2)).to.deep.equal(["red", "2"]);
  });

  it("has no text that a spreadsheet runs as a formula, and is the same product when read again", () => {
    const formulas = ["=HYPERLINK(1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "'=1", "''=1", "'plain", "-"];
    for (const text of formulas) {
      const written = product("p", { name: text, description: text, attributes: { size: text, change: -5 } });
      const columns = columnsFor(["size", "change"]);
      const fields = fieldsOf(written, columns);
      const row = Object.fromEntries(columns.map((column, index) => [column, fields[index]!]));
      for (const column of ["name", "description", "attribute:size"])
        expect(row[column], text).not.to.match(/^[=+\-@]/);
      expect(row["attribute:change"]).to.equal("-5");
      expect(contentOfRow(row)).to.deep.include({
        name: text,
        description: text,
        attributes: { size: text, change: -5 },
      });
    }
  });

  it("keeps that a product is counted, out and in again", () => {
    const columns = columnsFor([]);
    const fields = fieldsOf(product("p-1", { counted: true }), columns);
    const row = Object.fromEntries(columns.map((column, index) => [column, fields[index]!]));
    expect(contentOfRow(row)).to.include({ counted: true });
    expect(contentOfRow({ ...row, counted: "" })).not.to.have.property("counted");
  });

  it("has units in stock, or none", () => {
    expect(["40", " 0 ", "", "4.5", "-1"].map((stock) => stockOfRow({ stock }))).to.deep.equal([
      40,
      0,
      undefined,
      "4.5",
      "-1",
    ]);
    expect(stockOfRow({})).to.equal(undefined);
  });

  it("needs its required columns", () => {
    expect(missingColumns(["productId", "name", "brand", "category", "price"])).to.deep.equal(["currency"]);
  });
});
