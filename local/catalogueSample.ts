import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { importProducts } from "../catalogue/importer";
import { rebuildIndex } from "../catalogue/rebuild";
import { readRows } from "../catalogue/rows";
import { projectRoot } from "./aws/emulator/python";
import type { Deployment } from "./deployment/deployment";

const SAMPLE = join(projectRoot, "catalogue", "sample.jsonl");

export interface SampleOptions {
  deployment: Deployment;
  /** No earlier run has filled the product table. */
  isNew: boolean;
  /** The search engine has lost its index, which is rebuilt from the table. */
  indexIsEmpty: boolean;
  progress(line: string): void;
}

/** Fills a new product table with the sample catalogue, or an empty index with the products of an earlier run. */
export async function sampleProducts({ deployment, isNew, indexIsEmpty, progress }: SampleOptions): Promise<void> {
  const { productsTable: table, catalogueRebuild: stateMachineArn } = deployment.outputs;
  const { region, endpoint, credentials } = deployment;
  const configuration = { region, endpoint, credentials, maxAttempts: 3 };
  if (isNew) {
    if (typeof table !== "string") return;
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(configuration));
    const counts = await importProducts({ rows: readRows(SAMPLE), target: { client, table, region } });
    client.destroy();
    progress(`Imported a sample catalogue of ${counts.created} products`);
  } else if (indexIsEmpty && typeof stateMachineArn === "string") {
    const client = new SFNClient(configuration);
    const { read } = await rebuildIndex({ client, stateMachineArn, onProgress: () => undefined });
    client.destroy();
    progress(`Indexed the ${read} products of the kept catalogue`);
  }
}
