import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { StockStore } from "../components/orderService/handlers/stock/stockStore";
import { isTransientAwsError, TransientError } from "../components/runtime/transientError";
import { ProductStore } from "../components/searchService/handlers/productStore";
import { decidePut } from "../domain/catalogue/change";
import type { Product } from "../domain/catalogue/product";
import { Pace, type PaceOptions } from "./pace";
import type { Row } from "./rows";

/** The table to import into. */
export interface ImportTarget {
  client: DynamoDBDocumentClient;
  table: string;
  /** Home Region of new products; products of another home Region are refused. */
  region: string;
  /** Adds the units of rows with `stock`. Default: none; such a row ends the import. */
  stock?: StockImport;
}

/** Units that an import adds, each product's once for each delivery. */
export interface StockImport {
  store: Pick<StockStore, "deliver">;
  /** Id of the delivery that the file is. */
  delivery: string;
}

/** Progress of an import. */
export interface ImportCounts {
  /** Rows processed, bad ones included. */
  rows: number;
  created: number;
  changed: number;
  unchanged: number;
  bad: number;
  /** Units added, and rows whose units this delivery had added before. Absent in checkpoints of older releases. */
  units?: number;
  deliveredBefore?: number;
}

export interface BadRow {
  line: number;
  productId?: string;
  reasons: string[];
}

export interface ImportOptions {
  rows: AsyncIterable<Row>;
  target: ImportTarget;
  /** End of an earlier import of the same file. Default: the import starts at the beginning. */
  from?: ImportCounts;
  onBadRow?: (row: BadRow) => void;
  /** Called after each batch; the counted products are stored. */
  onProgress?: (counts: ImportCounts) => void | Promise<void>;
  /** Ends the import after the current batch. */
  signal?: AbortSignal;
  /** Retries of requests to the table. */
  pace?: PaceOptions;
}

/** The table failed for longer than the import retries. The products in `counts` are stored. */
export class ImportStopped extends Error {
  override readonly name = "ImportStopped";

  constructor(
    readonly counts: ImportCounts,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const nothingImported: ImportCounts = { rows: 0, created: 0, changed: 0, unchanged: 0, bad: 0 };

/** Most items that one BatchGetItem reads. */
const BATCH_ROWS = 100;

type GoodRow = Extract<Row, { ok: true }>;

/**
 * Imports products: the file replaces what the table has. Products that are equal already are not written, so an import may
 * be repeated. Each write is conditional on the version that it replaces.
 *
 * @throws ImportStopped if the table fails for longer than requests are retried.
 */
export async function importProducts(options: ImportOptions): Promise<ImportCounts> {
  let counts = options.from ?? nothingImported;
  const pace = new Pace(options.pace);
  let position = 0;
  for await (const batch of batches(options.rows)) {
    const todo = batch.slice(Math.max(0, counts.rows - position));
    position += batch.length;
    if (todo.length === 0) continue;
    const imported = await importBatch(options, pace, todo).catch((error: unknown) => {
      throw isTransientAwsError(error) || error instanceof TransientError ? new ImportStopped(counts, error) : error;
    });
    counts = add(counts, imported);
    pace.endBatch();
    await options.onProgress?.(counts);
    if (options.signal?.aborted) break;
  }
  return counts;
}

/** Splits rows into batches, none with a product twice, because rows of one product are written in the file's order. */
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

async function importBatch({ target, onBadRow }: ImportOptions, pace: Pace, batch: Row[]): Promise<ImportCounts> {
  const counts = { ...nothingImported, rows: batch.length };
  const good = batch.filter((row): row is GoodRow => row.ok);
  const reject = (row: BadRow) => {
    counts.bad++;
    onBadRow?.(row);
  };
  for (const row of batch) if (!row.ok) reject(row);

  const store = new ProductStore(target);
  const present = await readPresent(target, pace, good);
  const queue = good.values();
  const writers = Array.from({ length: pace.parallel }, async () => {
    for (const row of queue) {
      // Units before the product: until `counted` is written, it is sold without counting, or not at all.
      const units = await deliver(target, pace, row);
      if (units === "different") {
        const reasons = [
          `stock ${row.stock} was not added: delivery ${target.stock?.delivery} had another number of units. For another delivery give --delivery ID`,
        ];
        reject({ line: row.line, productId: row.productId, reasons });
        continue;
      }
      if (units === "delivered") counts.units = (counts.units ?? 0) + row.stock!;
      if (units === "repeated") counts.deliveredBefore = (counts.deliveredBefore ?? 0) + 1;
      const outcome = await importRow(store, pace, target, row, present.get(row.productId));
      if (outcome === "bad") {
        const reasons = ["has another home Region: import it there"];
        reject({ line: row.line, productId: row.productId, reasons });
      } else counts[outcome]++;
    }
  });
  // Waits for all writers, so that none writes after the import has ended.
  const failure = (await Promise.allSettled(writers)).find((writer) => writer.status === "rejected");
  if (failure) throw failure.reason;
  return counts;
}

/** Adds a row's units once for the delivery; an attempt without a response is repeated and changes nothing then. */
async function deliver(
  { stock }: ImportTarget,
  pace: Pace,
  { productId, stock: units }: GoodRow,
): Promise<"delivered" | "repeated" | "different" | "none"> {
  if (units === undefined) return "none";
  if (!stock) throw new Error("The file has units in stock, and the table of stock is unknown. Give --stock NAME.");
  if (units === 0) return "none";
  return pace.send(async (attempt) => {
    const outcome = await stock.store.deliver(productId, units, stock.delivery, new Date().toISOString());
    if (outcome === "short") throw new Error(`Adding ${units} units of ${productId} was refused as taking units away.`);
    return outcome === "repeated" && attempt > 1 ? "delivered" : outcome;
  });
}

async function importRow(
  store: ProductStore,
  pace: Pace,
  { region }: ImportTarget,
  { productId, content }: GoodRow,
  current: Product | undefined,
): Promise<"created" | "changed" | "unchanged" | "bad"> {
  const decision = decidePut(productId, content, current, "any", { region, now: new Date().toISOString() });
  if (decision.kind === "unchanged") return "unchanged";
  if (decision.kind !== "write") return "bad";
  const kind = decision.replaces === undefined ? "created" : "changed";
  return pace.send(async (attempt) => {
    try {
      await store.write(decision.product, decision.replaces);
      return kind;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Another writer changed it since the batch was read, or an earlier attempt succeeded and its response was lost.
      const outcome = await store.put(productId, content, "any");
      if (outcome.kind === "write") return "changed";
      if (outcome.kind === "unchanged") return attempt > 1 ? kind : "unchanged";
      return "bad";
    }
  });
}

async function readPresent(
  { client, table }: ImportTarget,
  pace: Pace,
  rows: GoodRow[],
): Promise<Map<string, Product>> {
  const present = new Map<string, Product>();
  let keys: Record<string, unknown>[] = rows.map(({ productId }) => ({ productId }));
  for (let attempt = 1; keys.length > 0; attempt++) {
    const RequestItems = { [table]: { Keys: keys, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await pace.send(() => client.send(new BatchGetCommand({ RequestItems })));
    for (const item of Responses?.[table] ?? []) present.set(item["productId"], item as Product);
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
    if (keys.length === 0) break;
    if (!pace.mayRepeat(attempt)) throw new TransientError(`table ${table} left ${keys.length} products unread`);
    await pace.backOff(attempt);
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
    ...sumOf("units", a, b),
    ...sumOf("deliveredBefore", a, b),
  };
}

/** Absent while no row has units, so that a file without stock counts as before. */
function sumOf(name: "units" | "deliveredBefore", a: ImportCounts, b: ImportCounts): Partial<ImportCounts> {
  return a[name] === undefined && b[name] === undefined ? {} : { [name]: (a[name] ?? 0) + (b[name] ?? 0) };
}
