import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { openSearchClient } from "../../components/searchService/openSearch";
import { ProductIndices } from "../../components/searchService/productIndices";
import { rebuilderOf } from "../../components/searchService/rebuild";
import { searchApiOf } from "../../components/searchService/searchApi";
import { rootCredentials, startMiniStack } from "../../local/ministack/supervisor";
import { startSearchEngine } from "../../local/search";
import { KeptLetters, request, silent } from "../../tests/components/searchService/support";
import { generateFile } from "./generate";

const USAGE = "Usage: ts-node bench/search/run.ts [--products 100000] [--engine osmem|opensearch] [--rounds 40]";

/**
 * Imports generated products into a table, builds the index from it and searches: throughput and memory of the import,
 * throughput of the rebuild, and each kind of search held against the cheapest request there is, in the same run.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      products: { type: "string", default: "100000" },
      engine: { type: "string", default: "opensearch" },
      rounds: { type: "string", default: "40" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || (values.engine !== "osmem" && values.engine !== "opensearch")) return console.log(USAGE);
  const [products, rounds] = [Number(values.products), Number(values.rounds)];
  const directory = mkdtempSync(join(tmpdir(), "stayopen-bench-"));
  const emulator = await startMiniStack({ region: "us-east-1", dataDir: directory });
  const engine = await startSearchEngine(values.engine, { dataDir: directory });
  try {
    const file = join(directory, "products.jsonl");
    await generateFile(file, products);
    console.log(
      `${products} products, ${Math.round(statSync(file).size / 2 ** 20)} MiB of JSON Lines, ${values.engine}\n`,
    );

    const config = { region: "us-east-1", endpoint: emulator.endpoint, credentials: rootCredentials };
    const table = await createTable(new DynamoDBClient(config));
    const imported = importFile(file, table, emulator.endpoint);
    row(
      "import",
      `${perSecond(products, imported.seconds)} products/s`,
      `${imported.cpuSeconds.toFixed(1)} CPU-s`,
      `${Math.round(imported.mostMiB)} MiB at most (${Math.round(imported.idleMiB)} before it began)`,
    );
    const again = importFile(file, table, emulator.endpoint);
    row(
      "the same again",
      `${perSecond(products, again.seconds)} products/s`,
      `${again.cpuSeconds.toFixed(1)} CPU-s`,
      `${again.unchanged} unchanged`,
    );

    const client = openSearchClient({ endpoint: engine.url, region: "us-east-1", requestTimeoutMs: 60_000 });
    const indices = new ProductIndices(client, 0);
    const cpuBefore = cpuSecondsOf(engine.pid);
    const start = performance.now();
    const rebuild = rebuilderOf({
      client,
      indices,
      table: { name: table, client: DynamoDBDocumentClient.from(new DynamoDBClient(config)) },
      deadLetters: new KeptLetters(),
      log: silent,
      fillForMs: 3_600_000,
    });
    let progress = await rebuild({ step: "begin", id: "bench" });
    while (!progress.filled) progress = await rebuild({ step: "fill", progress });
    await rebuild({ step: "swap", progress });
    const seconds = (performance.now() - start) / 1_000;
    const cpu = cpuSecondsOf(engine.pid) - cpuBefore;
    row(
      "rebuild",
      `${perSecond(progress.read, seconds)} products/s`,
      `${cpu.toFixed(1)} CPU-s in the engine`,
      `${memoryMiBOf(engine.pid)} MiB engine`,
    );
    console.log("");
    await searches(engine, rounds);
  } finally {
    await engine.stop();
    await emulator.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Each search through the service's own code, so what is measured is what a shopper waits for, less Lambda and network. */
async function searches(engine: { url: string; pid: number }, rounds: number): Promise<void> {
  const client = openSearchClient({ endpoint: engine.url, region: "us-east-1", requestTimeoutMs: 60_000 });
  const answer = searchApiOf({ client, region: "us-east-1", log: silent });
  const deep = await cursorAfter(answer, 20);
  const cases: [string, string][] = [
    ["health (baseline)", "/api/catalogue/health"],
    ["one word, facets", "/api/catalogue/search?q=kettle"],
    ["three words, facets", "/api/catalogue/search?q=black wireless headphones"],
    ["typo, facets", "/api/catalogue/search?q=wireles hedphones"],
    ["filters, facets", "/api/catalogue/search?q=lamp&category=Lighting&price=2500-10000&attribute=colour=black"],
    ["everything by price", "/api/catalogue/search?sort=price-asc"],
    ["21st page by price", `/api/catalogue/search?sort=price-asc&cursor=${deep}`],
    ["suggestions", "/api/catalogue/suggest?q=wir"],
    ["suggestions, typo", "/api/catalogue/suggest?q=kettel"],
  ];
  let baseline = Number.NaN;
  for (const [name, url] of cases) {
    const [path, query = ""] = url.split("?");
    const event = request(path!, { query: query.replaceAll(" ", "%20") });
    for (let warmUp = 0; warmUp < 15; warmUp++) await answer(event);
    const times: number[] = [];
    const cpuBefore = cpuSecondsOf(engine.pid);
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      const { statusCode, body } = await answer(event);
      times.push(performance.now() - start);
      if (statusCode !== 200) throw new Error(`${name}: ${statusCode} ${body}`);
    }
    const cpuMs = ((cpuSecondsOf(engine.pid) - cpuBefore) * 1_000) / rounds;
    times.sort((a, b) => a - b);
    const median = times[Math.floor(rounds / 2)]!;
    if (Number.isNaN(baseline)) baseline = median;
    row(
      name,
      `p50 ${median.toFixed(1)} ms`,
      `p95 ${times[Math.floor(rounds * 0.95)]!.toFixed(1)} ms`,
      `${cpuMs.toFixed(1)} CPU-ms in the engine, ${(median / baseline).toFixed(1)} × baseline`,
    );
  }
}

async function cursorAfter(answer: ReturnType<typeof searchApiOf>, pages: number): Promise<string> {
  let cursor = "";
  for (let page = 0; page < pages; page++) {
    const query = `sort=price-asc${cursor && `&cursor=${cursor}`}`;
    cursor = JSON.parse((await answer(request("/api/catalogue/search", { query }))).body!).cursor;
  }
  return cursor;
}

interface Imported {
  seconds: number;
  cpuSeconds: number;
  idleMiB: number;
  mostMiB: number;
  unchanged: number;
}

function importFile(file: string, table: string, endpoint: string): Imported {
  const register = require.resolve("ts-node/register/transpile-only");
  const script = join(__dirname, "importChild.ts");
  return JSON.parse(
    execFileSync(process.execPath, ["-r", register, script, file, table, endpoint], { encoding: "utf8" }),
  );
}

async function createTable(client: DynamoDBClient): Promise<string> {
  const TableName = "products";
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "productId", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "productId", KeyType: "HASH" }],
    }),
  );
  return TableName;
}

/** User and system time of a process, from Linux's own books; NaN elsewhere. */
function cpuSecondsOf(pid: number): number {
  if (process.platform !== "linux") return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function memoryMiBOf(pid: number): number {
  if (process.platform !== "linux") return Number.NaN;
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024);
}

const perSecond = (count: number, seconds: number) => Math.round(count / seconds);

const row = (name: string, ...cells: string[]) =>
  console.log([name.padEnd(22), ...cells.map((cell) => cell.padEnd(20))].join(" ").trimEnd());

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
