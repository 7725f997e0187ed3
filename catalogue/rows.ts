import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type CsvError, type Info, parse } from "csv-parse";
import type { ProductContent } from "../domain/catalogue/product";
import { PRODUCT_ID_PATTERN } from "../domain/catalogue/schema";
import { checkContent } from "../domain/catalogue/validation";
import { contentOfRow, missingColumns } from "./csvRow";

/** A row of an import file: a product, or what is wrong with it. */
export type Row = { line: number } & (
  | { ok: true; productId: string; content: ProductContent }
  | { ok: false; productId?: string; reasons: string[] }
);

/** A line longer than this is no product; it would only fill the memory. */
const MAX_LINE_CHARACTERS = 256 * 1024;

/**
 * Reads products from a CSV file (`.csv`) or a file of JSON Lines (`.jsonl`, `.ndjson`), one at a time: the file may be
 * larger than the memory.
 *
 * @throws Error with one sentence when the file as a whole can't be read, such as for a missing column.
 */
export function readRows(file: string): AsyncGenerator<Row> {
  if (/\.csv$/i.test(file)) return readCsv(file);
  if (/\.(jsonl|ndjson)$/i.test(file)) return readJsonLines(file);
  throw new Error(`${file} is neither CSV nor JSON Lines: name it .csv or .jsonl.`);
}

async function* readJsonLines(file: string): AsyncGenerator<Row> {
  const lines = createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
  let line = 0;
  for await (const text of lines) {
    line++;
    const json = line === 1 ? text.replace(/^\uFEFF/, "") : text;
    if (json.trim() !== "") yield { line, ...parseJsonLine(json) };
  }
}

function parseJsonLine(text: string): RowContent {
  if (text.length > MAX_LINE_CHARACTERS) return { ok: false, reasons: [`has ${text.length} characters`] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reasons: ["is not valid JSON"] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, reasons: ["is not a JSON object"] };
  }
  const { productId, ...content } = value as Record<string, unknown>;
  return checkRow(productId, content);
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
    yield* malformedRows(malformed);
    yield { line: info.lines, ...checkRow(record["productId"], contentOfRow(record)) };
  }
  yield* malformedRows(malformed);
}

function* malformedRows(errors: CsvError[]): Generator<Row> {
  for (const error of errors.splice(0)) {
    yield { line: Number(error["lines"] ?? 0), ok: false, reasons: [error.message.replace(/\.$/, "")] };
  }
}

type RowContent =
  | { ok: true; productId: string; content: ProductContent }
  | { ok: false; productId?: string; reasons: string[] };

function checkRow(productId: unknown, content: unknown): RowContent {
  const id = typeof productId === "string" ? productId.trim() : "";
  const idReasons = new RegExp(PRODUCT_ID_PATTERN).test(id)
    ? []
    : ["productId must be 1 to 64 letters, digits, dots, hyphens or underscores"];
  const checked = checkContent(content);
  if (checked.ok && idReasons.length === 0) return { ok: true, productId: id, content: checked.value };
  const reasons = [...idReasons, ...(checked.ok ? [] : checked.reasons)];
  return { ok: false, ...(id && { productId: id }), reasons };
}
