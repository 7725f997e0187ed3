/** `npm run bench:index`: delay until a search finds a changed product, and number of stream batches. */
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { ProductStore } from "../../components/searchService/handlers/productStore";
import type { SearchAnswer } from "../../domain/catalogue/search/searchResult";
import type { SearchEngineKind } from "../../local/aws/search/engine";
import { type Store, startStore } from "../../local/store";
import { emptyFolder } from "../folder";
import { count, machine, quantile, run, table } from "../table";
import { type Look, lagsOf } from "./lag";

const usage = `Usage: npm run bench:index -- [options]

  --changes LIST   so many at once; default 1,50,500
  --rounds N       of each; a single change is measured four times as often; default 5
  --engine KIND    opensearch (default) or osmem
`;

/** Concurrent writes, as in an import. */
const WRITERS = 25;
/** Pause between two searches, which take some milliseconds themselves. */
const LOOK_EVERY_MS = 10;
const FOUND_WITHIN_MS = 120_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      changes: { type: "string", default: "1,50,500" },
      rounds: { type: "string", default: "5" },
      engine: { type: "string", default: "opensearch" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const { engine } = values;
  if (engine !== "osmem" && engine !== "opensearch")
    throw new RangeError(`"${engine}" is no search engine; use osmem or opensearch.`);
  const levels = values.changes.split(",").map((text) => count("--changes", text));
  const rounds = count("--rounds", values.rounds);

  const heading = machine();
  const stand = await Stand.start(engine);
  try {
    await stand.round(10);
    const rows: string[][] = [];
    for (const changes of levels) {
      const measured: Round[] = [];
      for (let left = changes === 1 ? rounds * 4 : rounds; left > 0; left--) measured.push(await stand.round(changes));
      rows.push(rowOf(changes, measured));
    }
    console.log(`${engine}; ${heading}\n`);
    const head = [
      "times",
      "written in, s",
      "found after, s: p50",
      "p99",
      "most",
      "batches",
      "changes a batch",
      "repeated",
    ];
    console.log(table(["changes at once", ...head], rows));
  } finally {
    await stand.stop();
  }
}

interface Round {
  /** Time from the first write to the last acknowledgement. */
  writtenMs: number;
  lags: number[];
  batches: number;
  /** Batches that failed completely or in part and were repeated. */
  errors: number;
}

function rowOf(changes: number, rounds: readonly Round[]): string[] {
  const lags = rounds.flatMap((one) => one.lags);
  const seconds = (values: readonly number[], share: number) => (quantile(values, share) / 1_000).toFixed(2);
  const sum = (of: (round: Round) => number) => rounds.reduce((total, round) => total + of(round), 0);
  const batches = sum((round) => round.batches);
  const written = rounds.map(({ writtenMs }) => writtenMs);
  return [
    String(changes),
    String(rounds.length),
    seconds(written, 0.5),
    ...[0.5, 0.99, 1].map((share) => seconds(lags, share)),
    (batches / rounds.length).toFixed(1),
    (lags.length / batches).toFixed(1),
    String(sum((round) => round.errors)),
  ];
}

/** The search service, deployed to one Region's emulator. */
class Stand {
  private lastRound = 0;

  private constructor(
    private readonly store: Store,
    private readonly products: ProductStore,
    private readonly api: string,
    private readonly close: () => Promise<void>,
  ) {}

  static async start(search: SearchEngineKind): Promise<Stand> {
    const dataDir = emptyFolder("index");
    const program = resolve(__dirname, "..", "..", "tests", "integration", "search", "program");
    const store = await startStore({ dataDir, program, port: 0, sampleCatalogue: false, search });
    const { endpoint, region, credentials, outputs } = store.deployment;
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }));
    const products = new ProductStore({ client, table: String(outputs["productsTable"]), region });
    const apiId = /^https:\/\/([^.]+)\./.exec(String(outputs["apiUrl"]))?.[1];
    return new Stand(store, products, `${endpoint}/_aws/execute-api/${apiId}/$default/api/catalogue`, async () => {
      client.destroy();
      await store.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });
  }

  stop(): Promise<void> {
    return this.close();
  }

  /** Writes new products with a common word, and searches for it until all are found. */
  async round(changes: number): Promise<Round> {
    // The engine refreshes once a second; rounds without a random pause would synchronize with it.
    await sleep(1_000 + Math.random() * 1_000);
    const word = `batch${++this.lastRound}x`;
    const before = this.indexer();
    const began = performance.now();
    const acknowledged: number[] = [];
    const written = this.write(word, changes, acknowledged);
    const looks: Look[] = [];
    while (looks.at(-1)?.found !== changes) {
      if (performance.now() - began > FOUND_WITHIN_MS)
        throw new Error(`${looks.at(-1)?.found} of ${changes} changes are found after ${FOUND_WITHIN_MS / 1_000} s.`);
      looks.push({ found: await this.found(word), at: performance.now() });
      await sleep(LOOK_EVERY_MS);
    }
    await written;
    const { invocations, errors } = this.indexer();
    return {
      writtenMs: Math.max(...acknowledged) - began,
      lags: lagsOf(acknowledged, looks),
      batches: invocations - before.invocations,
      errors: errors - before.errors,
    };
  }

  private async write(word: string, changes: number, acknowledged: number[]): Promise<void> {
    let next = 0;
    const writer = async () => {
      for (let number = next++; number < changes; number = next++) {
        const { kind } = await this.products.put(`${word}-${number}`, contentOf(word), "any");
        if (kind !== "write") throw new Error(`Product ${word}-${number} was not written: ${kind}.`);
        acknowledged.push(performance.now());
      }
    };
    await Promise.all(Array.from({ length: Math.min(WRITERS, changes) }, writer));
  }

  private async found(word: string): Promise<number> {
    const answer = await fetch(`${this.api}/search?size=1&q=${word}`, { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(`A search returned ${answer.status}.`);
    const { matching, total } = (await answer.json()) as SearchAnswer;
    // Without an exact match, the search returns similar products of earlier rounds.
    return matching === "exact" ? (total?.count ?? 0) : 0;
  }

  private indexer(): { invocations: number; errors: number } {
    const [status] = this.store.eventSources.status();
    if (!status) throw new Error("The stream has no reader.");
    return status;
  }
}

const contentOf = (word: string) => ({
  name: `Kettle ${word}`,
  brand: "Arden",
  category: "Kitchen",
  description: "Useful every day.",
  price: { amount: 1_990, currency: "USD" },
  availability: "in-stock" as const,
  attributes: {},
});

run(main);
