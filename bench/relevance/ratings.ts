import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { Grades } from "./measures";

/**
 * Reads a judged set: CSV with the columns query, product id and grade. A product id may hold `*` for any characters;
 * the first row of a query that matches a product decides.
 *
 * @throws {RangeError} for an invalid grade or a row without a matching product.
 */
export function readRatings(file: string, productIds: readonly string[]): Map<string, Grades> {
  const rows = readCsv(file);
  const ratings = new Map<string, Map<string, number>>();
  for (const [row, [query = "", pattern = "", text = ""]] of rows.entries()) {
    if (row === 0 && !Number.isInteger(Number(text))) continue;
    const grade = Number(text);
    if (!Number.isInteger(grade) || grade < 0 || grade > 3)
      throw new RangeError(`${file}: "${query}" with ${pattern} has the grade "${text}"; it must be 0, 1, 2 or 3.`);
    const matches = matcherOf(pattern);
    const rated = productIds.filter(matches);
    if (rated.length === 0)
      throw new RangeError(
        `${file}: "${query}" names the product "${pattern}", which is not among the products; correct the id.`,
      );
    const grades = ratings.get(query) ?? new Map<string, number>();
    for (const id of rated) if (!grades.has(id)) grades.set(id, grade);
    ratings.set(query, grades);
  }
  return ratings;
}

/** The kind of each query, from an optional fourth column: `units`, `typo as typed`. Queries without one are `words`. */
export function readKinds(file: string): Map<string, string> {
  const rows = readCsv(file).filter(([, , grade]) => Number.isInteger(Number(grade)));
  return new Map(rows.map(([query = "", , , kind]) => [query, kind || "words"]));
}

function readCsv(file: string): string[][] {
  const options = { trim: true, skip_empty_lines: true, relax_column_count: true, comment: "#" };
  return parse(readFileSync(file, "utf8"), options);
}

function matcherOf(pattern: string): (id: string) => boolean {
  if (!pattern.includes("*")) return (id) => id === pattern;
  const literal = pattern.split("*").map((part) => part.replace(/[^A-Za-z0-9]/g, "\\$&"));
  const expression = new RegExp(`^${literal.join(".*")}$`);
  return (id) => expression.test(id);
}
