/** `npm start`: the whole store on this machine, until Ctrl-C. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { SearchEngineKind } from "./aws/search/engine";
import { testCards } from "./providers";
import { type Store, startStore } from "./store";

const usage = `Usage: npm start -- [options]

  --fresh            start with empty tables, no customers and the sample catalogue
  --keep             keep the orders, customers and products of the last run (default)
  --search KIND      osmem (default; in memory) or opensearch (the real engine; needs Java)
  --port PORT        port of the store, 8080 by default; the console uses the next port
  --regions 2        two Regions with replication and failover under stayopen.test; 1 by default
  --fast             failover within seconds and shorter waits than on AWS
  --webhooks         notify a customer's system of each status change; the console shows what it gets
  --edge-cache       keep copies of pages, files and searches for as long as CloudFront would
  --data FOLDER      data folder, .stayopen/run by default, .stayopen/run-2 with two Regions
  --stack NAME       stack whose settings are used with one Region, dev by default
`;

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  const stopping = new StopRequest();
  if (options.search === "opensearch") setUpOpenSearch();
  const store = await startStore({ ...options, onProgress: (line) => console.log(`${seconds()} s  ${line}`) });
  stopping.isOpen = true;
  report(store, seconds());
  const reason = await Promise.race([stopping.asked, store.broken]);
  console.log(reason === "" ? "\nStopping and writing the state …" : `\n${reason} Stopping.`);
  await store.stop();
  console.log("Stopped.");
  process.exit(reason === "" ? 0 : 1);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      fresh: { type: "boolean" },
      keep: { type: "boolean" },
      search: { type: "string" },
      port: { type: "string" },
      stack: { type: "string" },
      regions: { type: "string" },
      fast: { type: "boolean" },
      webhooks: { type: "boolean" },
      "edge-cache": { type: "boolean" },
      data: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return undefined;
  }
  if (values.fresh && values.keep) throw new Error("--fresh and --keep exclude each other: give one of them.");
  const search = values.search ?? "osmem";
  if (search !== "osmem" && search !== "opensearch")
    throw new Error(`There is no search engine "${search}": give osmem or opensearch.`);
  const port = values.port === undefined ? 8080 : Number(values.port);
  if (!/^\d+$/.test(values.port ?? "8080") || port > 65_534)
    throw new Error(`"${values.port}" is not a port: give 1 to 65534, or 0 for a free one.`);
  const { regions = "1" } = values;
  if (regions !== "1" && regions !== "2") throw new Error(`--regions is "${regions}": give 1 or 2.`);
  return {
    regions: regions === "2" ? (2 as const) : (1 as const),
    fast: values.fast ?? false,
    webhooks: values.webhooks ?? false,
    edgeCache: values["edge-cache"] ?? false,
    fresh: values.fresh ?? false,
    search: search as SearchEngineKind,
    port,
    stack: values.stack,
    dataDir: values.data,
  };
}

/** Runs here because npm passes its arguments to the last command only, so set-up does not see `--search`. */
function setUpOpenSearch(): void {
  const setUp = join(__dirname, "setup", "setup.mjs");
  const { status } = spawnSync(process.execPath, [setUp, "--opensearch"], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

/** Ctrl-C, SIGTERM or SIGHUP. A second signal, or one during the start, ends the process at once. */
class StopRequest {
  readonly asked: Promise<string>;
  /** Before that there is no state to write. */
  isOpen = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.asked = promise;
    let count = 0;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        count++;
        // The emulators' guards detect the end of this process and kill its children.
        if (count > 1 || !this.isOpen) process.exit(130);
        resolve("");
      });
    }
  }
}

function report({ url, consoleUrl, notEmulated, logFile, regions }: Store, seconds: string): void {
  const card = testCards[0];
  const [first, second] = Object.keys(regions);
  const lines = [
    "",
    `The store is open, after ${seconds.trim()} s.`,
    "",
    `  Store     ${url}`,
    `  Console   ${consoleUrl}   orders in progress, sent email and SMS, fault injection`,
    `  Sign up   with any email address; the confirmation code is 123456`,
    `  Pay with  card ${card?.number.replace(/(\d{4})(?=\d)/g, "$1 ")}, any future date, any security code (${card?.about})`,
    `  Log       ${logFile}`,
    ...(second === undefined ? [] : [`  Regions   ${first} and ${second}; "npm run chaos -- kill ${first}" stops one`]),
    "",
    "Limitations compared with AWS:",
    ...notEmulated.map((sentence) => `  - ${sentence}`),
    "",
    "Ctrl-C stops the store. The next start keeps the data; --fresh deletes them.",
  ];
  console.log(lines.join("\n"));
}

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
