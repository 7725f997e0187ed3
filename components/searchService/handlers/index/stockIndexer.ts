import type { AttributeValue as StoredValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { IndexedDocument, IndexedProduct } from "../../../../domain/catalogue/search/searchIndex";
import { isSameStock, mayChangeShown, type Share } from "../../../../domain/stock";
import { reasonOf } from "../../../runtime/reasonOf";
import type { IndexingFailure } from "./bulk";
import type { SearchClient } from "./indexClient";
import type { Log } from "./indexer";
import { withRetries } from "./openSearch";
import type { ProductIndices } from "./productIndices";
import { indexWithStock, type StockReader } from "./shownStock";

export interface StockIndexerOptions {
  client: SearchClient;
  indices: ProductIndices;
  stock: StockReader;
  log: Log;
}

/** A share before and after one record. */
interface ShareChange {
  sequenceNumber: string;
  productId: string;
  before: Share | undefined;
  after: Share;
}

/**
 * Indexes a batch of the stock table's stream: writes the stock that shoppers see into the documents of counted products.
 * Writes nothing while that stays the same. A product that is not indexed yet gets its stock with its first document.
 *
 * A share's record carries no version of the product, so the document keeps its own: a newer one that another writer has
 * stored stays, and has the stock already.
 *
 * A transient failure is returned as a partial one: Lambda repeats the batch from the first record concerned.
 */
export function createStockIndexer(options: StockIndexerOptions) {
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const changes = event.Records.flatMap(readChange);
    const failures = await indexChanged(options, changes).catch((error: unknown) => {
      const failure = { transient: true, reason: reasonOf(error) };
      return new Map(changes.map(({ productId }) => [productId, failure]));
    });
    for (const [productId, { transient, reason }] of failures) {
      if (transient) options.log.warn("Postponed a product's stock", { productId, reason });
      // The document keeps its last stock; the product's next record tries again.
      else options.log.error("Indexing a product's stock failed for good", { productId, reason });
    }
    const postponed = changes.find(({ productId }) => failures.get(productId)?.transient);
    return { batchItemFailures: postponed ? [{ itemIdentifier: postponed.sequenceNumber }] : [] };
  };
}

/** Tells the stock table's records from the product table's, whose key has no `entry`. */
export function isOfStock({ Records: [first] }: DynamoDBStreamEvent): boolean {
  return first?.dynamodb?.Keys?.["entry"] !== undefined;
}

async function indexChanged(
  { client, indices, stock }: StockIndexerOptions,
  changes: ShareChange[],
): Promise<Map<string, IndexingFailure>> {
  const concerned = (await Promise.all(byProduct(changes).map((those) => isConcerned(stock, those)))).flat();
  if (concerned.length === 0) return new Map();
  const failures = new Map<string, IndexingFailure>();
  for (const index of await indices.writeTargets()) {
    const documents = await readDocuments(client, index, concerned);
    const shown = await Promise.all(documents.map(({ productId }) => stock.shown(productId)));
    const outdated = documents.filter((document, position) => !isSameStock(document.stock, shown[position]));
    for (const failure of await indexWithStock(client, [index], outdated, stock)) failures.set(...failure);
  }
  return failures;
}

/** @returns the product's id if shoppers may see another stock now. */
async function isConcerned(stock: StockReader, changes: ShareChange[]): Promise<string[]> {
  const { productId } = changes[0]!;
  const shares = await stock.shares(productId);
  const isChanged = changes.some(({ before, after }) => mayChangeShown(before, after, shares, stock.fewLeft));
  return isChanged ? [productId] : [];
}

function byProduct(changes: ShareChange[]): ShareChange[][] {
  const products = new Map<string, ShareChange[]>();
  for (const change of changes) products.set(change.productId, [...(products.get(change.productId) ?? []), change]);
  return [...products.values()];
}

/** Reads the documents of counted products as they are in the index, without waiting for its next refresh. */
async function readDocuments(client: SearchClient, index: string, productIds: string[]): Promise<IndexedProduct[]> {
  const request = { method: "POST", path: `/${index}/_mget`, body: { ids: productIds } };
  const { body } = await withRetries({ attempts: 3, firstWaitMs: 200 }, () => client.transport.request(request));
  // The documented response; only the indexer and the rebuild write documents.
  const { docs } = body as { docs: { found?: boolean; error?: { reason?: string }; _source?: IndexedDocument }[] };
  const failed = docs.find(({ error }) => error);
  if (failed) throw new Error(`The index ${index} does not answer: ${failed.error?.reason ?? "unknown error"}.`);
  return docs.flatMap(({ _source: document }) => (document?.live && document.counted ? [document] : []));
}

function readChange({ dynamodb }: DynamoDBRecord): ShareChange[] {
  const after = shareOf(dynamodb?.NewImage);
  if (!after) return [];
  const sequenceNumber = dynamodb?.SequenceNumber ?? "";
  return [{ sequenceNumber, productId: after.productId, before: shareOf(dynamodb?.OldImage), after }];
}

/** The event's type of an image and the SDK's describe the same JSON. */
function shareOf(image: unknown): Share | undefined {
  return image ? (unmarshall(image as Record<string, StoredValue>) as Share) : undefined;
}
