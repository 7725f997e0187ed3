import { createReadStream } from "node:fs";
import { type CsvError, type Info, parse } from "csv-parse";
import type { ProductContent } from "../domain/catalogue/product";
import { PRODUCT_ID_PATTERN } from "../domain/catalogue/schema";
import { checkContent } from "../domain/catalogue/validation";
import { MAX_DELIVERY_UNITS } from "../domain/stock";
import { contentOfRow, missingColumns, priceReason, stockOfRow } from "./csvRow";

/** A row of an import file: a product, with the units that are delivered (`stock`), or the reasons why it is none. */
export type Row = { line: number } & (
  | { ok: true; productId: string; content: ProductContent; stock?: number }
  | { ok: false; productId?: string; reasons: string[] }
);

/** Longest line; protects the memory. */
const MAX_LINE_CHARACTERS = 256 * 1024;

/**
 * Reads products from a CSV file (`.csv`) or a JSON Lines file (`.jsonl`, `.ndjson`), one at a time, so that the file may be
 * larger than the memory.
 *
 * @throws Error with one sentence if the whole file can't be read, for example for a missing column.
 */
export function readRows(file: string): AsyncGenerator<Row> {
  if (/\.csv$/i.test(file)) return readCsv(file);
  if (/\.(jsonl|ndjson)$/i.test(file)) return readJsonLines(file);
  throw new Error(`${file} is neither CSV nor JSON Lines: name it .csv or .jsonl.`);
}

async function* readJsonLines(file: string): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of linesOf(file)) {
    line++;
    const json = line === 1 ? text.replace(/^\uFEFF/, "") : text;
    if (json.trim() !== "") yield { line, ...parseJsonLine(json) };
  }
}

/** Splits at line feeds. `readline` also splits at U+2028 and U+2029, which JSON texts may contain. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(file, "utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function parseJsonLine(text: string): RowContent {
  if (text.length > MAX_LINE_CHARACTERS)
    return { ok: false, reasons: [`has ${text.length} characters; the limit is ${MAX_LINE_CHARACTERS}`] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reasons: ["is not valid JSON"] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, reasons: ["is not a JSON object"] };
  }
  const { productId, stock, ...content } = value as Record<string, unknown>;
  return checkRow(productId, content, stock);
}

async function* readCsv(file: string): AsyncGenerator<Row> {
  const malformed: CsvError[] = [];
  const records = parse({
    bom: true,
    columns: (header: string[]) => {
      const names = header.map((name) => name.trim());
      const missing = missingColumns(names);
      if (missing.length > 0)
        throw new Error(`${file} has no column ${missing.map((name) => `"${name}"`).join(", ")}.`);
      return names;
    },
    info: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_LINE_CHARACTERS,
    on_skip: (error) => {
      if (error) malformed.push(error);
      return undefined;
    },
  });
  const input = createReadStream(file, "utf8");
  input.on("error", (error) => records.destroy(error));
  input.pipe(records);
  for await (const { record, info } of records as AsyncIterable<{ record: Record<string, string>; info: Info }>) {
    yield* malformedRows(malformed, info.lines);
    const row = checkRow(record["productId"], contentOfRow(record), stockOfRow(record), priceReason(record));
    yield { line: info.lines, ...row };
  }
  yield* malformedRows(malformed);
}

/** Yields the malformed rows before a line: the parser runs ahead, and rows must keep the file's order. */
function* malformedRows(errors: CsvError[], before = Number.POSITIVE_INFINITY): Generator<Row> {
  while (errors[0] && lineOf(errors[0]) < before) {
    const error = errors.shift()!;
    yield { line: lineOf(error), ok: false, reasons: [error.message.replace(/( on line \d+)?\.?$/, "")] };
  }
}

const lineOf = (error: CsvError) => Number(error["lines"] ?? 0);

type RowContent =
  | { ok: true; productId: string; content: ProductContent; stock?: number }
  | { ok: false; productId?: string; reasons: string[] };

function checkRow(
  productId: unknown,
  given: Record<string, unknown>,
  stock: unknown,
  price: string[] = [],
): RowContent {
  // A product whose units are counted in the file is sold from them only.
  const content = stock === undefined ? given : { counted: true, ...given };
  const stockReasons = stock === undefined ? [] : stockReason(stock, content);
  const id = typeof productId === "string" ? productId.trim() : "";
  const idReasons = new RegExp(PRODUCT_ID_PATTERN).test(id)
    ? []
    : ["productId must be 1 to 64 letters, digits, dots, hyphens or underscores"];
  const checked = checkContent(content);
  if (checked.ok && idReasons.length === 0 && stockReasons.length === 0)
    return { ok: true, productId: id, content: checked.value, ...(stock !== undefined && { stock: Number(stock) }) };
  const said = price.length > 0 ? /^price/ : /^$/;
  const reasons = [
    ...idReasons,
    ...price,
    ...stockReasons,
    ...(checked.ok ? [] : checked.reasons.filter((reason) => !said.test(reason))),
  ];
  return { ok: false, ...(id && { productId: id }), reasons };
}

function stockReason(stock: unknown, { counted }: Record<string, unknown>): string[] {
  if (typeof stock !== "number" || !Number.isInteger(stock) || stock < 0 || stock > MAX_DELIVERY_UNITS)
    return [`stock is ${JSON.stringify(stock)}; it must be a whole number from 0 to ${MAX_DELIVERY_UNITS}`];
  return counted === true ? [] : ["stock is given, but counted is not true"];
}
