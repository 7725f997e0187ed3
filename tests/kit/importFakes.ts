import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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
import { type BadRow, type ImportCounts, importProducts, type StockImport } from "../../catalogue/importer";
import { readRows } from "../../catalogue/rows";
import type { Product } from "../../domain/catalogue/product";

/** A product table in memory: the requests of import and export, with conditions. */
export class MemoryTable {
  readonly items = new Map<string, Product>();
  puts = 0;
  /** Errors of the next requests. */
  failures: Error[] = [];
  /** Runs after a put is stored; throws to lose the response. */
  afterPut: (item: Product) => void = () => {};
  /** Runs before the condition of a put is checked. */
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
    if (!(command instanceof PutCommand)) throw new Error("The table in memory does not know this request.");
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

/** Imports a file of JSON Lines or CSV; a table that fails is retried for milliseconds. */
export async function importFile(
  table: MemoryTable,
  path: string,
  from?: ImportCounts,
  stopAfterRows = Number.POSITIVE_INFINITY,
  stock?: StockImport,
) {
  const bad: BadRow[] = [];
  const stop = new AbortController();
  const counts = await importProducts({
    rows: readRows(path),
    target: { client: table.client, table: "products", region: "us-east-1", ...(stock && { stock }) },
    from,
    onBadRow: (row) => bad.push(row),
    onProgress: ({ rows }) => {
      if (rows >= stopAfterRows) stop.abort();
    },
    signal: stop.signal,
    pace: { attempts: 5, firstWaitMs: 1 },
  });
  return { counts, bad };
}

/** A folder for import files, removed after each test of the suite that calls this. */
export function importFolder() {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "stayopen-import-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const pathOf = (name: string) => join(directory, name);
  return {
    pathOf,
    write(name: string, ...lines: string[]): string {
      writeFileSync(pathOf(name), lines.map((line) => `${line}\n`).join(""));
      return pathOf(name);
    },
  };
}

/** A valid product as a line of JSON. */
export function jsonLine(productId: string, content: Record<string, unknown> = {}): string {
  return JSON.stringify({
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
}

export const CSV_HEADER = "productId,name,brand,category,price,currency,attribute:colour,attribute:packs";
