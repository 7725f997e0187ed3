import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { IndexedDocument, IndexedProduct } from "../../../../domain/catalogue/search/searchIndex";
import { isSameStock, type Share, type ShownStock, toShownStock } from "../../../../domain/stock";
import { readShares } from "../../../runtime/stockShares";
import { type IndexingFailure, indexDocuments } from "./bulk";
import type { SearchClient } from "./indexClient";

export interface StockReaderOptions {
  client: DynamoDBDocumentClient;
  /** The table of shares (`domain/stock`). */
  table: string;
  /** The Region that reads. */
  region: string;
  /** Most units that are shown as a number. */
  fewLeft: number;
}

/** Reads what shoppers see of counted products' stock. */
export class StockReader {
  constructor(private readonly options: StockReaderOptions) {}

  get fewLeft(): number {
    return this.options.fewLeft;
  }

  shares(productId: string): Promise<Share[]> {
    return readShares(this.options.client, this.options.table, productId);
  }

  async shown(productId: string): Promise<ShownStock> {
    return this.toShown(productId, await this.shares(productId));
  }

  toShown(productId: string, shares: readonly Share[]): ShownStock {
    return toShownStock(productId, shares, this.options.region, this.options.fewLeft);
  }
}

/** Reads and writes of one document before its share is taken to change faster than it can be indexed. */
const ROUNDS = 5;
const PARALLEL_READS = 25;

/**
 * Writes documents as `indexDocuments` does, those of counted products with their stock.
 *
 * Both streams lead here, and a rebuild, so an older read may be written after a newer one under the same version. So the
 * stock is read again after the write, and written again if it has changed: the last writer leaves what it read last.
 *
 * @param stock absent if the store shows no stock: then nothing more is read.
 */
export async function indexWithStock(
  client: SearchClient,
  targets: readonly string[],
  documents: readonly IndexedDocument[],
  stock: StockReader | undefined,
): Promise<Map<string, IndexingFailure>> {
  const counted = stock ? documents.filter(isCounted) : [];
  if (!stock || counted.length === 0) return indexDocuments(client, targets, documents);

  let written = await withStock(stock, counted);
  const others = documents.filter((document) => !isCounted(document));
  const failures = await indexDocuments(client, targets, [...others, ...written]);
  for (let round = 1; ; round++) {
    const current = await withStock(
      stock,
      written.filter(({ productId }) => !failures.has(productId)),
    );
    const before = new Map(written.map((document) => [document.productId, document.stock]));
    written = current.filter((document) => !isSameStock(document.stock, before.get(document.productId)));
    if (written.length === 0) return failures;
    if (round === ROUNDS) {
      const reason = `The stock changed during each of ${ROUNDS} writes.`;
      for (const { productId } of written) failures.set(productId, { transient: true, reason });
      return failures;
    }
    for (const [productId, failure] of await indexDocuments(client, targets, written)) failures.set(productId, failure);
  }
}

const isCounted = (document: IndexedDocument): document is IndexedProduct => document.live && document.counted === true;

async function withStock(stock: StockReader, documents: readonly IndexedProduct[]): Promise<IndexedProduct[]> {
  const read: IndexedProduct[] = [];
  for (let start = 0; start < documents.length; start += PARALLEL_READS) {
    const chunk = documents.slice(start, start + PARALLEL_READS);
    const shown = await Promise.all(chunk.map(({ productId }) => stock.shown(productId)));
    read.push(...chunk.map((document, position) => ({ ...document, stock: shown[position]! })));
  }
  return read;
}
