import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const root = join(__dirname, "..", "..");
const page = readFileSync(join(root, "docs", "security.md"), "utf8");

/** Each test file that the page names, with the titles quoted after it. */
const named = [...page.matchAll(/\]\(\.\.\/(tests\/[^)]+)\)((?:,? "[^"]+")*)/g)].map(([, file = "", quoted = ""]) => ({
  file,
  titles: [...quoted.matchAll(/"([^"]+)"/g)].map((match) => match[1]!),
}));

/** Titles of a file's tests, with an ellipsis for each value that a title is made with. */
function titlesIn(file: string): string[] {
  if (!existsSync(join(root, file))) return [];
  const source = readFileSync(join(root, file), "utf8");
  return [...source.matchAll(/\bit\(\s*(["`])(.+?)\1,/g)].map((match) => match[2]!.replace(/\$\{[^}]*\}/g, "…"));
}

describe("docs/security.md", () => {
  it("names tests", () => {
    expect(named.flatMap(({ titles }) => titles).length).to.be.greaterThan(30);
  });

  it("names tests that exist", () => {
    const missing = named.flatMap(({ file, titles }) => {
      const existing = titlesIn(file);
      if (existing.length === 0) return [`${file} has no tests`];
      return titles.filter((title) => !existing.includes(title)).map((title) => `${file}: ${title}`);
    });
    expect(missing).to.deep.equal([]);
  });

  it("has a test, or says that there is none, for each control", () => {
    const model = page.split(/^## /m).find((section) => section.startsWith("Threat model"))!;
    const rows = model.split("\n").filter((line) => /^\| (?!asset )/.test(line));
    expect(rows.length).to.be.greaterThan(25);
    expect(rows.filter((row) => !/\]\(\.\.\/tests\/\S+ "|not tested/.test(row.split(" | ").at(-1)!))).to.deep.equal([]);
  });
});
