import type { AttributeValue as StoredValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { type IndexedDocument, toDocument, toTombstone } from "../../../../domain/catalogue/search/searchIndex";
import { isSearchRules } from "../../../../domain/catalogue/search/searchRules";
import { checkProduct } from "../../../../domain/catalogue/validation";
import { reasonOf } from "../../../runtime/reasonOf";
import type { DeadLetters } from "./deadLetters";
import type { SearchClient } from "./indexClient";
import type { ProductIndices } from "./productIndices";
import { indexWithStock, type StockReader } from "./shownStock";

/** The methods of Powertools' `Logger` that handlers use. */
export interface Log {
  info(message: string, details: Record<string, unknown>): void;
  warn(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}

export interface IndexerOptions {
  client: SearchClient;
  indices: ProductIndices;
  deadLetters: DeadLetters;
  log: Log;
  /** Reads the stock of counted products. Default: none is shown. */
  stock?: StockReader;
  /** Counts for the dashboard; called after every batch. */
  count?: (counts: { indexed: number; deadLetters: number; postponed: number }) => void;
}

/** A parsed stream record: the document for the index, or the reason why there is none. */
type Change = { sequenceNumber: string; productId: string; version?: number } & (
  | { document: IndexedDocument }
  | { poison: string }
);

/**
 * Indexes a batch of the product table's stream.
 *
 * - A record that can never be indexed is sent to the dead-letter queue with the reason; the rest of the batch is indexed.
 * - Transient failures are returned as a partial failure: Lambda repeats the batch from the first of these, in order.
 *   Documents that are indexed already keep their version.
 *
 * The batch is indexed as a whole, not record by record, because the engine takes bulk requests.
 */
export function createIndexer(options: IndexerOptions) {
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const ofProducts = event.Records.filter(({ dynamodb }) => !isSearchRules(dynamodb?.Keys?.["productId"]?.S));
    const changes = ofProducts.map(readChange);
    const failures = await indexLatest(options, changes);
    const firstPostponed = changes.findIndex(({ productId }) => failures.get(productId)?.transient);

    // Unusable records after the first postponed one are delivered again with it, and would be reported twice.
    const settled = firstPostponed === -1 ? changes : changes.slice(0, firstPostponed);
    const buried = settled.flatMap((change) => {
      const reason = "poison" in change ? change.poison : failures.get(change.productId)?.reason;
      return reason === undefined ? [] : [{ change, reason }];
    });
    const kept = await bury(options, event, buried);
    const postponed = kept ? changes[firstPostponed]?.sequenceNumber : buried[0]?.change.sequenceNumber;

    options.count?.({
      indexed: settled.length - buried.length,
      deadLetters: kept ? buried.length : 0,
      postponed: changes.length - settled.length + (kept ? 0 : buried.length),
    });
    if (firstPostponed !== -1) {
      const { productId } = changes[firstPostponed]!;
      const reason = failures.get(productId)?.reason;
      options.log.warn("Postponed part of a batch", { records: changes.length - firstPostponed, productId, reason });
    }
    return { batchItemFailures: postponed === undefined ? [] : [{ itemIdentifier: postponed }] };
  };
}

async function indexLatest({ client, indices, stock }: IndexerOptions, changes: Change[]) {
  const latest = new Map<string, IndexedDocument>();
  for (const change of changes) {
    if ("poison" in change) continue;
    const known = latest.get(change.productId);
    if (!known || known.version <= change.document.version) latest.set(change.productId, change.document);
  }
  if (latest.size === 0) return new Map<string, { transient: boolean; reason: string }>();
  try {
    return await indexWithStock(client, await indices.writeTargets(), [...latest.values()], stock);
  } catch (error) {
    // The engine's indices or the stock can't be read: nothing of this batch is known to be indexed.
    const failure = { transient: true, reason: reasonOf(error) };
    return new Map([...latest.keys()].map((productId) => [productId, failure]));
  }
}

/** @returns true if the letters are stored; if not, the batch must be repeated. */
async function bury(
  { deadLetters, log }: IndexerOptions,
  event: DynamoDBStreamEvent,
  buried: { change: Change; reason: string }[],
): Promise<boolean> {
  if (buried.length === 0) return true;
  const at = new Date().toISOString();
  const streamArn = event.Records[0]?.eventSourceARN ?? "";
  try {
    await deadLetters.send(
      buried.map(({ change: { productId, version, sequenceNumber }, reason }) => ({
        productId,
        version,
        reason,
        source: { sequenceNumber, streamArn },
        at,
      })),
    );
  } catch (error) {
    log.error("Storing dead letters failed", { letters: buried.length, reason: reasonOf(error) });
    return false;
  }
  for (const { change, reason } of buried) {
    log.error("Indexing a product failed for good", { productId: change.productId, version: change.version, reason });
  }
  return true;
}

function readChange({ dynamodb, eventName }: DynamoDBRecord): Change {
  const sequenceNumber = dynamodb?.SequenceNumber ?? "";
  const productId = dynamodb?.Keys?.["productId"]?.S ?? "";
  try {
    const image = eventName === "REMOVE" ? dynamodb?.OldImage : dynamodb?.NewImage;
    // The event's type and the SDK's describe the same JSON.
    const item = unmarshall((image ?? {}) as Record<string, StoredValue>);
    const version = typeof item["version"] === "number" ? item["version"] : undefined;
    if (eventName === "REMOVE") return { sequenceNumber, productId, version, ...removed(productId, version) };
    const checked = checkProduct(item);
    if (!checked.ok) return { sequenceNumber, productId, version, poison: checked.reasons.join("; ") };
    return { sequenceNumber, productId, version, document: toDocument(checked.value) };
  } catch (error) {
    return { sequenceNumber, productId, poison: `not readable: ${reasonOf(error)}` };
  }
}

/** The service never removes items; if an operator does, the product must still leave the index. */
function removed(productId: string, version: number | undefined): { document: IndexedDocument } | { poison: string } {
  if (version === undefined) return { poison: "was removed without a version" };
  return { document: toTombstone(productId, version + 1, new Date().toISOString()) };
}
