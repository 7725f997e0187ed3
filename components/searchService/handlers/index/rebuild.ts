import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { toDocument } from "../../../../domain/catalogue/search/searchIndex";
import { isSearchRules } from "../../../../domain/catalogue/search/searchRules";
import { checkProduct } from "../../../../domain/catalogue/validation";
import type { DeadLetter, DeadLetters } from "./deadLetters";
import type { SearchClient } from "./indexClient";
import type { Log } from "./indexer";
import type { ProductIndices } from "./productIndices";
import { indexWithStock, type StockReader } from "./shownStock";

/** Progress of a rebuild; the workflow passes it from step to step. */
export interface RebuildProgress {
  /** The index being filled. */
  index: string;
  /** Items read from the product table so far. */
  read: number;
  /** Items that can't be indexed, so far; each is in the dead-letter queue. */
  skipped: number;
  /** Start of the next page of the table; absent before the first and after the last page. */
  startKey?: Record<string, unknown>;
  /** The whole table was read. */
  filled: boolean;
  /** Indices that are no longer read. */
  replaced: string[];
}

/** The workflow's request to the function. */
export type RebuildRequest =
  | { step: "begin"; id: string }
  | { step: "fill" | "swap" | "clean"; progress: RebuildProgress };

export interface RebuildOptions {
  client: SearchClient;
  indices: ProductIndices;
  table: { name: string; client: DynamoDBDocumentClient };
  deadLetters: DeadLetters;
  log: Log;
  /** Reads the stock of counted products. Default: none is shown. */
  stock?: StockReader;
  /** Milliseconds for which one `fill` step reads pages before the next step continues. */
  fillForMs: number;
}

/** Items per page: small enough that a page and its bulk requests fit into the rest of a step's time-out. */
const PAGE_ITEMS = 500;

/**
 * The steps of a rebuild: fill a new index from the table beside the one in use, then switch searches to it.
 *
 * No change is lost: after `begin`, changes go to both indices, and the table is read consistently after that. So each
 * product arrives by the stream or by the scan, under its version. Every step is idempotent.
 */
export function createRebuild(options: RebuildOptions) {
  return async (request: RebuildRequest): Promise<RebuildProgress> => {
    switch (request.step) {
      case "begin":
        return begin(options, request.id);
      case "fill":
        return fill(options, request.progress);
      case "swap":
        return swap(options, request.progress);
      case "clean":
        return clean(options, request.progress);
    }
  };
}

async function begin({ indices, log }: RebuildOptions, id: string): Promise<RebuildProgress> {
  const index = await indices.beginRebuild(`products-${id.toLowerCase()}`);
  log.info("Started to fill an index", { index });
  return { index, read: 0, skipped: 0, filled: false, replaced: [] };
}

async function fill(options: RebuildOptions, progress: RebuildProgress): Promise<RebuildProgress> {
  const until = Date.now() + options.fillForMs;
  let { read, skipped, startKey } = progress;
  do {
    const page = await options.table.client.send(
      new ScanCommand({
        TableName: options.table.name,
        ConsistentRead: true,
        Limit: PAGE_ITEMS,
        ExclusiveStartKey: startKey,
      }),
    );
    const products = (page.Items ?? []).filter(({ productId }) => !isSearchRules(productId));
    skipped += await indexPage(options, progress.index, products);
    read += products.length;
    startKey = page.LastEvaluatedKey;
  } while (startKey && Date.now() < until);
  options.log.info("Filled part of an index", { index: progress.index, read, skipped });
  return { ...progress, read, skipped, startKey, filled: startKey === undefined };
}

/** @returns the number of items that can't be indexed. */
async function indexPage(
  { client, deadLetters, stock }: RebuildOptions,
  index: string,
  items: Record<string, unknown>[],
): Promise<number> {
  const letters: DeadLetter[] = [];
  const bury = (item: Record<string, unknown>, reason: string) =>
    letters.push({
      productId: String(item["productId"]),
      version: typeof item["version"] === "number" ? item["version"] : undefined,
      reason,
      source: { rebuild: index },
      at: new Date().toISOString(),
    });

  const documents = items.flatMap((item) => {
    const checked = checkProduct(item);
    if (checked.ok) return [toDocument(checked.value)];
    bury(item, checked.reasons.join("; "));
    return [];
  });
  const failures = await indexWithStock(client, [index], documents, stock);
  for (const [productId, { transient, reason }] of failures) {
    // The workflow waits and repeats the step from its start.
    if (transient) throw new Error(`The index refuses products at the moment: ${reason}`);
    bury({ productId }, reason);
  }
  await deadLetters.send(letters);
  return letters.length;
}

async function swap({ indices, log }: RebuildOptions, progress: RebuildProgress): Promise<RebuildProgress> {
  const expected = progress.read - progress.skipped;
  const found = await indices.count(progress.index);
  if (found < expected) {
    throw new Error(`Index ${progress.index} has ${found} of ${expected} products; searches keep the index in use.`);
  }
  const replaced = await indices.swapTo(progress.index);
  log.info("Switched searches to the new index", { index: progress.index, products: found, replaced });
  // A repeated step finds nothing to replace; the first one's result counts.
  return { ...progress, replaced: [...new Set([...progress.replaced, ...replaced])] };
}

async function clean({ indices }: RebuildOptions, progress: RebuildProgress): Promise<RebuildProgress> {
  for (const index of progress.replaced) await indices.drop(index);
  return progress;
}
