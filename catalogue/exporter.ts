import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { contentOf } from "../domain/catalogue/change";
import { isLive, type Product } from "../domain/catalogue/product";
import { isSearchRules } from "../domain/catalogue/search/searchRules";
import { columnsFor, fieldsOf } from "./csvRow";
import { Pace } from "./pace";

/** The table to export. */
export interface ExportSource {
  client: DynamoDBDocumentClient;
  table: string;
}

/**
 * Writes every product except deleted ones to a file that `import` reads: CSV if its name ends in `.csv`, else JSON Lines.
 *
 * @returns the number of products.
 */
export async function exportProducts(
  source: ExportSource,
  file: string,
  onProgress: (products: number) => void = () => {},
): Promise<number> {
  const lines = /\.csv$/i.test(file) ? csvLines(source) : jsonLines(source);
  let products = 0;
  const counted = async function* () {
    for await (const { text, isProduct } of lines) {
      if (isProduct) onProgress(++products);
      yield `${text}\n`;
    }
  };
  await pipeline(Readable.from(counted()), createWriteStream(file));
  return products;
}

interface Line {
  text: string;
  isProduct: boolean;
}

async function* jsonLines(source: ExportSource): AsyncGenerator<Line> {
  for await (const product of products(source)) {
    yield { text: JSON.stringify({ productId: product.productId, ...contentOf(product) }), isProduct: true };
  }
}

/** Reads the table twice, because the first line names the attributes of all products. */
async function* csvLines(source: ExportSource): AsyncGenerator<Line> {
  const attributes = new Set<string>();
  for await (const product of products(source))
    for (const name of Object.keys(product.attributes)) attributes.add(name);
  const columns = columnsFor(attributes);
  yield { text: csv(columns), isProduct: false };
  for await (const product of products(source)) yield { text: csv(fieldsOf(product, columns)), isProduct: true };
}

const csv = (fields: string[]) =>
  fields.map((field) => (/[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");

async function* products({ client, table }: ExportSource): AsyncGenerator<Product> {
  const pace = new Pace();
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const scan = new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey });
    const page = await pace.send(() => client.send(scan));
    for (const item of page.Items ?? []) {
      if (isSearchRules(item["productId"])) continue;
      // Only the catalogue service writes this table.
      const product = item as Product;
      if (isLive(product)) yield product;
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
