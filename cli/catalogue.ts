import { existsSync } from "node:fs";
import { basename } from "node:path";
import { Checkpoint } from "../catalogue/checkpoint";
import { exportProducts } from "../catalogue/exporter";
import { type BadRow, type ImportCounts, ImportStopped, importProducts } from "../catalogue/importer";
import { createProgressLine } from "../catalogue/progressLine";
import { rebuildIndex } from "../catalogue/rebuild";
import { readRows } from "../catalogue/rows";
import { StockStore } from "../components/orderService/handlers/stock/stockStore";
import { DELIVERY_ID_PATTERN } from "../domain/stock";
import { CHECKPOINTS, clientsFor, findCatalogue } from "./catalogueConnection";
import { runCommand } from "./runCommand";

const USAGE = `Usage: npm run catalogue -- COMMAND [options]

  import FILE   creates and updates products from a .csv or .jsonl file; resumes an interrupted import
  export FILE   writes all products to a .csv or .jsonl file
  rebuild       builds a new search index from the product table, while searches continue

Catalogue (default: the local run's):
  --data FOLDER                  the local run that was started with the same option
  --stack NAME                   a deployed Pulumi stack
  --table NAME --region REGION   a table; rebuild also needs --state-machine ARN, an import with stock --stock NAME
  --endpoint URL                 URL of an emulator

  --restart                      import: starts from the beginning of the file
  --delivery ID                  import: adds the units of the column stock once under this id (default: import-FILE's name)

Exit codes of import: 0 all rows are imported; 2 some rows are invalid; 3 it stopped before the end, and the same command
resumes it; 130 interrupted; 1 any other error.
`;

const STOPPED = 3;

const options = {
  data: { type: "string" },
  stack: { type: "string" },
  table: { type: "string" },
  "state-machine": { type: "string" },
  region: { type: "string" },
  stock: { type: "string" },
  delivery: { type: "string" },
  endpoint: { type: "string" },
  restart: { type: "boolean", default: false },
} as const;

runCommand({ usage: USAGE, options, needsWord: true }, async (flags, [command, file]) => {
  const catalogue = findCatalogue(flags);
  const { products: client, workflows } = clientsFor(catalogue);
  const { table, region, stateMachineArn, stockTable } = catalogue;
  console.log(`Catalogue: ${catalogue.description}.`);
  switch (command) {
    case "import":
      return runImport(
        requireFile(file),
        {
          client,
          table,
          region,
          stock: stockTable
            ? {
                store: new StockStore(client, stockTable, region),
                delivery: deliveryId(flags.delivery, requireFile(file)),
              }
            : undefined,
        },
        flags.restart,
      );
    case "export": {
      const progress = createProgressLine();
      const count = await exportProducts({ client, table }, requireFile(file), (products) =>
        progress(`${products} products`),
      );
      progress.end(`Exported ${count} products to ${file}.`);
      return;
    }
    case "rebuild": {
      if (!stateMachineArn)
        throw new Error("The state machine of the rebuild is unknown. Give --stack NAME or --state-machine ARN.");
      const progress = createProgressLine();
      const { index, read, skipped } = await rebuildIndex({
        client: workflows,
        stateMachineArn,
        onProgress: (seconds) => progress(`rebuilding for ${seconds} s`),
      });
      progress.end(
        `Searches use the new index ${index}: ${read - skipped} products, ${skipped} skipped because they cannot be indexed.`,
      );
      return;
    }
    default:
      throw new Error(`"${command}" is no command. Use import, export or rebuild.`);
  }
});

async function runImport(
  file: string,
  target: Parameters<typeof importProducts>[0]["target"],
  restart: boolean,
): Promise<void> {
  if (!existsSync(file)) throw new Error(`The file ${file} does not exist.`);
  const checkpoint = new Checkpoint(file, target.table, CHECKPOINTS);
  const from = restart ? undefined : checkpoint.read();
  if (from) console.log(`Resuming after row ${from.rows}, where the last import of this file ended.`);

  const interruption = new AbortController();
  process.once("SIGINT", () => interruption.abort());
  const progress = createProgressLine();
  const start = performance.now();
  const stopped = async (how: string, { rows }: ImportCounts, exitCode: number) => {
    const missing = (await countRows(file)) - rows;
    progress.end(`${how} after row ${rows}: ${missing} rows are missing. Repeat the command to resume.`);
    process.exitCode = exitCode;
  };
  const importing = importProducts({
    rows: readRows(file),
    target,
    from,
    onBadRow: (row) => progress.print(describe(row)),
    onProgress: (soFar) => {
      checkpoint.save(soFar);
      progress(`${soFar.rows} rows, ${rate(soFar.rows - (from?.rows ?? 0), start)} a second`);
    },
    signal: interruption.signal,
  });
  const counts = await importing.catch((error: unknown) => {
    if (error instanceof ImportStopped) return error;
    throw error;
  });
  if (counts instanceof ImportStopped) {
    // Importing a row again changes nothing, so the checkpoint may be as old as the last complete batch.
    return stopped(
      `The import stopped, because writing to the table failed (${counts.message}),`,
      counts.counts,
      STOPPED,
    );
  }
  if (interruption.signal.aborted) return stopped("Interrupted", counts, 130);
  checkpoint.clear();
  progress.end(summary(counts));
  if (target.stock) describeUnits(counts, target.stock.delivery);
  if (counts.bad > 0) process.exitCode = 2;
}

/** The id of the delivery that a file is. By its name, so that a corrected file adds nothing a second time. */
function deliveryId(given: string | undefined, file: string): string {
  if (given === undefined) return `import-${basename(file)}`.replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 64);
  if (!new RegExp(DELIVERY_ID_PATTERN).test(given))
    throw new Error(`--delivery is "${given}"; it must be 1 to 64 letters, digits, dots, hyphens or underscores.`);
  return given;
}

function describeUnits({ units = 0, deliveredBefore = 0 }: ImportCounts, delivery: string): void {
  if (units > 0) console.log(`Added ${units} units as delivery ${delivery}.`);
  if (deliveredBefore > 0)
    console.log(
      `The units of ${deliveredBefore} rows were added before as delivery ${delivery}, and not again. For another delivery give --delivery ID.`,
    );
}

/** Number of rows of the file, valid and invalid. */
async function countRows(file: string): Promise<number> {
  let rows = 0;
  for await (const _row of readRows(file)) rows++;
  return rows;
}

const describe = ({ line, productId, reasons }: BadRow) =>
  `Line ${line}${productId ? ` (${productId})` : ""}: ${reasons.join("; ")}.`;

const summary = ({ rows, created, changed, unchanged, bad }: ImportCounts) =>
  `Imported ${rows} rows: ${created} created, ${changed} changed, ${unchanged} unchanged, ${bad} invalid.`;

const rate = (rows: number, start: number) => Math.round((rows * 1_000) / (performance.now() - start));

function requireFile(file: string | undefined): string {
  if (!file) throw new Error("The file is missing. Give it after the command.");
  return file;
}
