import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { ProductStore } from "../components/searchService/productStore";
import { decidePut } from "../domain/catalogue/change";
import type { Product } from "../domain/catalogue/product";
import type { Row } from "./rows";

/** The table to import into. */
export interface ImportTarget {
  client: DynamoDBDocumentClient;
  table: string;
  /** The Region that new products have as their home; products of another one are refused. */
  region: string;
}

/** How far an import is. */
export interface ImportCounts {
  /** Rows of the file that are settled, bad ones included. */
  rows: number;
  created: number;
  changed: number;
  unchanged: number;
  bad: number;
}

export interface BadRow {
  line: number;
  productId?: string;
  reasons: string[];
}

export interface ImportOptions {
  rows: AsyncIterable<Row>;
  target: ImportTarget;
  /** Where an earlier import of the same file ended. Default: at the beginning. */
  from?: ImportCounts;
  onBadRow?: (row: BadRow) => void;
  /** After each batch; what it counts is stored for good. */
  onProgress?: (counts: ImportCounts) => void | Promise<void>;
  /** Ends the import after the batch at hand. */
  signal?: AbortSignal;
}

export const nothingImported: ImportCounts = { rows: 0, created: 0, changed: 0, unchanged: 0, bad: 0 };

/** As many as one BatchGetItem reads. */
const BATCH_ROWS = 100;
const PARALLEL_WRITES = 25;
const READ_ATTEMPTS = 10;

type GoodRow = Extract<Row, { ok: true }>;

/**
 * Imports products: what the file says becomes the truth, whatever was there. A product that is as the file says
 * already is left alone, so an import may be repeated; each write is conditional on the version that it replaces.
 */
export async function importProducts(options: ImportOptions): Promise<ImportCounts> {
  let counts = options.from ?? nothingImported;
  let position = 0;
  for await (const batch of batches(options.rows)) {
    const todo = batch.slice(Math.max(0, counts.rows - position));
    position += batch.length;
    if (todo.length === 0) continue;
    counts = add(counts, await importBatch(options, todo));
    await options.onProgress?.(counts);
    if (options.signal?.aborted) break;
  }
  return counts;
}

/** No product twice in a batch: its rows must be written in the file's order. */
async function* batches(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  let ids = new Set<string>();
  for await (const row of rows) {
    if (batch.length === BATCH_ROWS || (row.ok && ids.has(row.productId))) {
      yield batch;
      batch = [];
      ids = new Set();
    }
    batch.push(row);
    if (row.ok) ids.add(row.productId);
  }
  if (batch.length > 0) yield batch;
}

async function importBatch({ target, onBadRow }: ImportOptions, batch: Row[]): Promise<ImportCounts> {
  const counts = { ...nothingImported, rows: batch.length };
  const good = batch.filter((row): row is GoodRow => row.ok);
  const reject = (row: BadRow) => {
    counts.bad++;
    onBadRow?.(row);
  };
  for (const row of batch) if (!row.ok) reject(row);

  const store = new ProductStore(target);
  const present = await readPresent(target, good);
  const queue = good.values();
  const writers = Array.from({ length: PARALLEL_WRITES }, async () => {
    for (const row of queue) {
      const outcome = await importRow(store, target, row, present.get(row.productId));
      if (outcome === "bad") {
        const reasons = ["is written in another Region: import it there"];
        reject({ line: row.line, productId: row.productId, reasons });
      } else counts[outcome]++;
    }
  });
  await Promise.all(writers);
  return counts;
}

async function importRow(
  store: ProductStore,
  { region }: ImportTarget,
  { productId, content }: GoodRow,
  current: Product | undefined,
): Promise<"created" | "changed" | "unchanged" | "bad"> {
  const decision = decidePut(productId, content, current, "any", { region, now: new Date().toISOString() });
  if (decision.kind === "unchanged") return "unchanged";
  if (decision.kind !== "write") return "bad";
  const kind = decision.replaces === undefined ? "created" : "changed";
  try {
    await store.write(decision.product, decision.replaces);
    return kind;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Somebody else wrote it since the batch was read.
    const outcome = await store.put(productId, content, "any");
    return outcome.kind === "write" ? "changed" : outcome.kind === "unchanged" ? "unchanged" : "bad";
  }
}

async function readPresent({ client, table }: ImportTarget, rows: GoodRow[]): Promise<Map<string, Product>> {
  const present = new Map<string, Product>();
  let keys: Record<string, unknown>[] = rows.map(({ productId }) => ({ productId }));
  for (let attempt = 1; keys.length > 0; attempt++) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
    );
    for (const item of Responses?.[table] ?? []) present.set(item["productId"], item as Product);
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
    if (keys.length === 0) break;
    if (attempt >= READ_ATTEMPTS)
      throw new Error(`Table ${table} is too busy to read: try again later, the import goes on.`);
    await sleep(Math.random() * 100 * 2 ** attempt);
  }
  return present;
}

function add(a: ImportCounts, b: ImportCounts): ImportCounts {
  return {
    rows: a.rows + b.rows,
    created: a.created + b.created,
    changed: a.changed + b.changed,
    unchanged: a.unchanged + b.unchanged,
    bad: a.bad + b.bad,
  };
}
