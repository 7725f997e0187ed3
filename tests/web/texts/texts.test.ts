import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { CURRENCIES, formatMoney } from "../../../domain/money";
import { de } from "../../../web/src/texts/de";
import { en } from "../../../web/src/texts/en";
import { catalogueWords, pickLanguage, setTexts } from "../../../web/src/texts/texts";

const SOURCES = join(__dirname, "..", "..", "..", "web", "src");

describe("texts of the storefront", () => {
  it("are translated, except for words that both languages share", () => {
    const shared = ["order.items", "fields.optional", "search.sort.name", "checkout.name", "signIn.code"];
    const same = entries(en).filter(([path, value]) => value === new Map(entries(de)).get(path));
    expect(same.map(([path]) => path)).to.have.members(shared.filter((path) => same.some(([each]) => each === path)));
  });

  it("use every parameter in German that the English text uses", () => {
    const values = [7, "Seven", true];
    for (const [path, english] of functionsOf(en)) {
      const german = new Map(functionsOf(de)).get(path)!;
      const used = (text: string) => [/7/.test(text), /Seven/.test(text)];
      for (const first of [7, "Seven", ["Seven"]]) {
        let expected: string;
        try {
          expected = english(first, ...values);
        } catch {
          continue;
        }
        // "Artikel" is both singular and plural.
        if (path === "frame.items") continue;
        expect(used(german(first, ...values)), path).to.deep.equal(used(expected));
      }
    }
  });

  it("stand in the files of the languages only", () => {
    const found = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".tsx"))
      .flatMap((file) => literalsIn(join(SOURCES, file)).map((literal) => `${file}: ${literal}`));
    expect(found).to.deep.equal(["app.tsx: stayopen"]);
  });
});

describe("pickLanguage", () => {
  it("takes the first language that the storefront has", () => {
    expect(pickLanguage(["fr-CH", "de-CH", "en"])).to.equal("de");
    expect(pickLanguage(["en-GB", "de"])).to.equal("en");
    expect(pickLanguage(["DE"])).to.equal("de");
  });

  it("takes English if there is none", () => {
    expect(pickLanguage(["fr", "constructor"])).to.equal("en");
    expect(pickLanguage([])).to.equal("en");
  });
});

describe("catalogueWords", () => {
  afterEach(() => setTexts("en", en));

  it("translates words and units, and writes fractions as the language does", () => {
    setTexts("de", de);
    expect(["French", "0.5 kg", "1.75", "1000 pieces", "2 persons"].map(catalogueWords)).to.deep.equal([
      "Französisch",
      "0,5 kg",
      "1,75",
      "1000 Teile",
      "2 Personen",
    ]);
  });

  it("keeps what has no translation as it is", () => {
    for (const words of ["XL", "-7 °C", "36-39 EU", "007", "2026", "1.2.3"])
      expect(catalogueWords(words)).to.equal(words);
  });
});

describe("formatMoney", () => {
  it("writes an amount as the locale does, with the digits of the currency", () => {
    expect(formatMoney({ amount: 123_456, currency: "EUR" }, "symbol", "de")).to.equal("1.234,56 €");
    expect(formatMoney({ amount: 123_456, currency: "EUR" }, "symbol", "en-GB")).to.equal("€1,234.56");
    expect(formatMoney({ amount: 500, currency: "HUF" }, "symbol", "de")).to.match(/^5,00\s/);
    for (const currency of CURRENCIES) expect(formatMoney({ amount: 1, currency }, "symbol", "de")).to.match(/\d/);
  });
});

type Leaf = string | ((...values: unknown[]) => string);

function leaves(value: object, path = ""): [string, Leaf][] {
  return Object.entries(value).flatMap(([key, child]: [string, Leaf | object]) =>
    typeof child === "object" ? leaves(child, `${path}${key}.`) : [[`${path}${key}`, child]],
  );
}

const entries = (value: object) => leaves(value).filter(([, leaf]) => typeof leaf === "string");

const functionsOf = (value: object) =>
  leaves(value).flatMap(([path, leaf]) => (typeof leaf === "function" ? [[path, leaf] as const] : []));

/** Words between tags, and in attributes that people read. */
function literalsIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isJsxText(node) && /\p{L}{2}/u.test(node.text)) found.push(node.text.trim());
    if (
      ts.isJsxAttribute(node) &&
      node.initializer &&
      ts.isStringLiteral(node.initializer) &&
      ["label", "title", "hint", "alt", "aria-label", "button", "what"].includes(node.name.getText()) &&
      /\p{L}/u.test(node.initializer.text)
    ) {
      found.push(`${node.name.getText()}="${node.initializer.text}"`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
