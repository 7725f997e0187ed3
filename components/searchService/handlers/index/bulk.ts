import type { IndexedDocument } from "../../../../domain/catalogue/search/searchIndex";
import { reasonOf } from "../../../runtime/reasonOf";
import type { SearchClient } from "./indexClient";
import { isTransientStatus, withRetries } from "./openSearch";

/** The reason why a document is not in the index. Transient ones are retried; the others are the document's fault. */
export interface IndexingFailure {
  transient: boolean;
  reason: string;
}

/** Far below the 10 MiB that the smallest instances accept in one request. */
const MAX_BULK_BYTES = 3 * 1024 * 1024;
const MAX_BULK_DOCUMENTS = 500;

/**
 * Writes documents to every target index under their own versions. A newer version in the index stays, so documents may
 * arrive twice, late and in any order. Of two with the same version (a product that both Regions created at the same
 * moment) the one written last stays, as in the table, whose stream delivers it last.
 *
 * @returns failures by product id; all other documents are indexed.
 */
export async function indexDocuments(
  client: SearchClient,
  targets: readonly string[],
  documents: readonly IndexedDocument[],
): Promise<Map<string, IndexingFailure>> {
  const failures = new Map<string, IndexingFailure>();
  for (const chunk of chunks(documents)) {
    for (const index of targets) {
      for (const [productId, failure] of await indexChunk(client, index, chunk)) failures.set(productId, failure);
    }
  }
  return failures;
}

interface Chunk {
  documents: readonly IndexedDocument[];
  lines: string[];
}

function* chunks(documents: readonly IndexedDocument[]): Generator<Chunk> {
  let chunk = { documents: [] as IndexedDocument[], lines: [] as string[], bytes: 0 };
  for (const document of documents) {
    const line = JSON.stringify(document);
    const bytes = Buffer.byteLength(line);
    if (chunk.lines.length >= MAX_BULK_DOCUMENTS || (chunk.bytes > 0 && chunk.bytes + bytes > MAX_BULK_BYTES)) {
      yield chunk;
      chunk = { documents: [], lines: [], bytes: 0 };
    }
    chunk.documents.push(document);
    chunk.lines.push(line);
    chunk.bytes += bytes;
  }
  if (chunk.lines.length > 0) yield chunk;
}

/**
 * 404: the index was dropped after a rebuild; the next attempt reads the targets again. 403: the domain refuses writes
 * temporarily, for example when its disk space or memory runs out
 * (https://repost.aws/knowledge-center/opensearch-403-clusterblockexception).
 */
const NO_FAULT_OF_A_DOCUMENT = [403, 404];

interface BulkItem {
  _id: string;
  status: number;
  error?: { type?: string; reason?: string };
}

async function indexChunk(
  client: SearchClient,
  index: string,
  { documents, lines }: Chunk,
): Promise<[string, IndexingFailure][]> {
  const bulkBody = documents.flatMap(({ productId, version }, position) => [
    JSON.stringify({ index: { _index: index, _id: productId, version, version_type: "external_gte" } }),
    lines[position]!,
  ]);
  try {
    const request = { method: "POST", path: "/_bulk", bulkBody };
    const { body } = await withRetries({ attempts: 3, firstWaitMs: 200 }, () => client.transport.request(request));
    // The bulk API's documented response.
    const { items } = body as { items: { index: BulkItem }[] };
    return items.flatMap(({ index: item }): [string, IndexingFailure][] => {
      // 409: the index has a newer version already.
      if (item.status < 300 || item.status === 409) return [];
      const { type = "error", reason = "" } = item.error ?? {};
      const transient = isTransientStatus(item.status) || NO_FAULT_OF_A_DOCUMENT.includes(item.status);
      return [[item._id, { transient, reason: `${type}: ${reason}`.slice(0, 500) }]];
    });
  } catch (error) {
    // A failure of the whole request, a missing permission included, is not a document's fault.
    return documents.map(({ productId }) => [productId, { transient: true, reason: reasonOf(error) }]);
  }
}
