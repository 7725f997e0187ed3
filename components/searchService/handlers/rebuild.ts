import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Client } from "@opensearch-project/opensearch";
import { toDocument } from "../../../domain/catalogue/searchIndex";
import { checkProduct } from "../../../domain/catalogue/validation";
import { indexDocuments } from "./bulk";
import type { DeadLetter, DeadLetters } from "./deadLetters";
import type { Log } from "./indexer";
import type { ProductIndices } from "./productIndices";

/** How far a rebuild is; handed from step to step by the workflow. */
export interface RebuildProgress {
  /** The index being filled. */
  index: string;
  /** Items read from the product table so far. */
  read: number;
  /** Items that can't be indexed, so far; each is in the dead-letter queue. */
  skipped: number;
  /** Where the table is read on; absent before the first and after the last page. */
  startKey?: Record<string, unknown>;
  /** The whole table was read. */
  filled: boolean;
  /** Indices that nothing reads any more. */
  replaced: string[];
}

/** What the workflow asks of the function. */
export type RebuildRequest =
  | { step: "begin"; id: string }
  | { step: "fill" | "swap" | "clean"; progress: RebuildProgress };

export interface RebuildOptions {
  client: Client;
  indices: ProductIndices;
  table: { name: string; client: DynamoDBDocumentClient };
  deadLetters: DeadLetters;
  log: Log;
  /** How long one `fill` step reads pages before it hands over to the next, in milliseconds. */
  fillForMs: number;
}

/** Items a page: small enough that a page and its bulk requests never take longer than what remains of a step. */
const PAGE_ITEMS = 500;

/**
 * The steps of a rebuild: a new index is filled from the table beside the one in use, then searches are switched over.
 *
 * Nothing is lost meanwhile: from `begin` on, changes go to both indices, and the table is read consistently after
 * that, so each product arrives by one way or the other, under its version. Every step may be repeated.
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
  log.info("Filling an index", { index });
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
    skipped += await indexPage(options, progress.index, page.Items ?? []);
    read += page.Items?.length ?? 0;
    startKey = page.LastEvaluatedKey;
  } while (startKey && Date.now() < until);
  options.log.info("Filled part of an index", { index: progress.index, read, skipped });
  return { ...progress, read, skipped, startKey, filled: startKey === undefined };
}

/** @returns how many items can't be indexed. */
async function indexPage(
  { client, deadLetters }: RebuildOptions,
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
  const failures = await indexDocuments(client, [index], documents);
  for (const [productId, { transient, reason }] of failures) {
    // The workflow waits and repeats the step from where it began.
    if (transient) throw new Error(`The index does not take products at the moment: ${reason}`);
    bury({ productId }, reason);
  }
  await deadLetters.send(letters);
  return letters.length;
}

async function swap({ indices, log }: RebuildOptions, progress: RebuildProgress): Promise<RebuildProgress> {
  const expected = progress.read - progress.skipped;
  const found = await indices.count(progress.index);
  if (found < expected) {
    throw new Error(`Index ${progress.index} has ${found} of ${expected} products: the one in use stays.`);
  }
  const replaced = await indices.swapTo(progress.index);
  log.info("Searches read the new index", { index: progress.index, products: found, replaced });
  // A repeated step finds nothing left to replace; the first one's answer counts.
  return { ...progress, replaced: [...new Set([...progress.replaced, ...replaced])] };
}

async function clean({ indices }: RebuildOptions, progress: RebuildProgress): Promise<RebuildProgress> {
  for (const index of progress.replaced) await indices.drop(index);
  return progress;
}
