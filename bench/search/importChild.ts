import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { importProducts } from "../../catalogue/importer";
import { readRows } from "../../catalogue/rows";

/** Runs an import in its own process, to measure its memory. Arguments: file, table, endpoint. */
async function main([file = "", table = "", endpoint]: string[]): Promise<void> {
  const config = { region: "us-east-1", endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const idleBytes = process.memoryUsage().rss;
  const start = performance.now();
  const counts = await importProducts({ rows: readRows(file), target: { client, table, region: "us-east-1" } });
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const result = {
    ...counts,
    seconds: (performance.now() - start) / 1_000,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    idleMiB: idleBytes / 2 ** 20,
    mostMiB: maxRSS / 2 ** 10,
  };
  process.stdout.write(JSON.stringify(result));
}

void main(process.argv.slice(2));
