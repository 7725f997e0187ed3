import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { openSearchClient } from "../../components/searchService/handlers/index/indexClient";
import { ProductIndices } from "../../components/searchService/handlers/index/productIndices";
import { createRebuild } from "../../components/searchService/handlers/index/rebuild";
import { KeptLetters, silent } from "../../tests/kit/searchFakes";
import { memoryMiBOf, secondsOf } from "../processes";

const TABLE = "products";

interface Imported {
  seconds: number;
  cpuSeconds: number;
  idleMiB: number;
  mostMiB: number;
  unchanged: number;
}

/** Imports the file twice and builds the index. Returns one row of figures for each. */
export async function fill(
  file: string,
  products: number,
  config: DynamoDBClientConfig & { endpoint: string },
  engine: { url: string; pid: number },
): Promise<string[][]> {
  const database = new DynamoDBClient(config);
  await createTable(database);
  const first = importFile(file, config.endpoint);
  const again = importFile(file, config.endpoint);
  if (again.unchanged !== products)
    throw new Error(`Only ${again.unchanged} of ${products} products are unchanged after the second import.`);

  const client = openSearchClient({ endpoint: engine.url, region: "us-east-1", requestTimeoutMs: 60_000 });
  const cpuBefore = secondsOf(engine.pid);
  const start = performance.now();
  const rebuild = createRebuild({
    client,
    indices: new ProductIndices(client, 0),
    table: { name: TABLE, client: DynamoDBDocumentClient.from(database) },
    deadLetters: new KeptLetters(),
    log: silent,
    fillForMs: 3_600_000,
  });
  let progress = await rebuild({ step: "begin", id: "bench" });
  while (!progress.filled) progress = await rebuild({ step: "fill", progress });
  await rebuild({ step: "swap", progress });
  const seconds = (performance.now() - start) / 1_000;
  const cpu = secondsOf(engine.pid) - cpuBefore;
  const rate = (count: number, inSeconds: number) => `${Math.round(count / inSeconds)}`;
  const each = (cpuSeconds: number) => ((cpuSeconds / products) * 1_000).toFixed(2);
  const memory = ({ mostMiB, idleMiB }: Imported) => `${Math.round(mostMiB)} (${Math.round(idleMiB)} before it began)`;
  return [
    ["import", rate(products, first.seconds), each(first.cpuSeconds), memory(first)],
    ["the same again, nothing written", rate(products, again.seconds), each(again.cpuSeconds), memory(again)],
    ["rebuild, in the engine", rate(progress.read, seconds), each(cpu), String(memoryMiBOf(engine.pid))],
  ];
}

function importFile(file: string, endpoint: string): Imported {
  const register = require.resolve("../../local/loadTypeScript.js");
  const script = join(__dirname, "importChild.ts");
  return JSON.parse(
    execFileSync(process.execPath, ["-r", register, script, file, TABLE, endpoint], { encoding: "utf8" }),
  );
}

async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "productId", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "productId", KeyType: "HASH" }],
    }),
  );
}
