import { setTimeout as sleep } from "node:timers/promises";
import { readRows } from "../../catalogue/rows";
import { openSearchClient } from "../../components/searchService/handlers/index/indexClient";
import { createIndexer } from "../../components/searchService/handlers/index/indexer";
import { ProductIndices } from "../../components/searchService/handlers/index/productIndices";
import type { Product } from "../../domain/catalogue/product";
import { KeptLetters, product, silent, written } from "../../tests/kit/searchFakes";

/** Products that change in turn. */
const CHANGING = 5_000;

/**
 * Changes prices through the indexer's own code, one batch a second, until it gets SIGTERM. Then prints how many products it changed.
 * Arguments: file of products, the engine's address, changes a minute.
 */
async function main([file = "", endpoint = "", perMinute = ""]: string[]): Promise<void> {
  const client = openSearchClient({ endpoint, region: "us-east-1", requestTimeoutMs: 60_000 });
  const deadLetters = new KeptLetters();
  const index = createIndexer({ client, indices: new ProductIndices(client, 60_000), deadLetters, log: silent });
  const products: Product[] = [];
  for await (const row of readRows(file)) {
    if (row.ok) products.push(product(row.productId, row.content));
    if (products.length === CHANGING) break;
  }
  let stopping = false;
  process.once("SIGTERM", () => {
    stopping = true;
  });
  let changed = 0;
  const start = performance.now();
  while (!stopping) {
    const due = Math.floor(((performance.now() - start) / 60_000) * Number(perMinute)) - changed;
    const batch = Array.from({ length: due }, (_, number) => {
      const before = products[(changed + number) % products.length]!;
      const version = 2 + Math.floor((changed + number) / products.length);
      return { ...before, version, price: { ...before.price, amount: before.price.amount + version } };
    });
    if (batch.length > 0) {
      const { batchItemFailures } = await index(written(...batch));
      if (batchItemFailures.length > 0 || deadLetters.letters.length > 0)
        throw new Error(`A change was not indexed: ${JSON.stringify(deadLetters.letters[0] ?? batchItemFailures)}`);
      changed += batch.length;
    }
    await sleep(1_000);
  }
  process.stdout.write(JSON.stringify({ changed, seconds: (performance.now() - start) / 1_000 }));
}

void main(process.argv.slice(2));
