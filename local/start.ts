/** `npm start`: the whole store on this machine, until Ctrl-C. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { SearchEngineKind } from "./aws/search";
import { testCards } from "./providers";
import { type Store, startStore } from "./store";

const usage = `Usage: npm start -- [options]

  --fresh            begin with empty tables, no customers and the sample catalogue
  --keep             go on with the orders, customers and products of the last run (this is the default)
  --search KIND      osmem (default: quick, in memory) or opensearch (the real engine, needs Java)
  --port PORT        the store's port, 8080 by default; the console gets the next one
  --regions 2        two Regions, with replication and failover, under a domain of their own; 1 by default
  --fast             failover within seconds and shorter waits than on AWS
  --data FOLDER      where everything is written, .stayopen/run by default, .stayopen/run-2 with two Regions
  --stack NAME       the stack whose settings are used with one Region, dev by default
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
  console.log(reason === "" ? "\nStopping; what is kept is being written …" : `\n${reason} Stopping.`);
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
      data: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return undefined;
  }
  if (values.fresh && values.keep) throw new Error("Only one of --fresh and --keep can be given.");
  const search = values.search ?? "osmem";
  if (search !== "osmem" && search !== "opensearch")
    throw new Error(`There is no search engine "${search}": give osmem or opensearch.`);
  const port = values.port === undefined ? 8080 : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_534)
    throw new Error(`"${values.port}" is not a port: give 1 to 65534.`);
  const { regions = "1" } = values;
  if (regions !== "1" && regions !== "2") throw new Error(`The store runs in 1 Region or in 2, not in ${regions}.`);
  return {
    regions: regions === "2" ? (2 as const) : (1 as const),
    fast: values.fast ?? false,
    fresh: values.fresh ?? false,
    search: search as SearchEngineKind,
    port,
    stack: values.stack,
    dataDir: values.data,
  };
}

/** Set-up cannot know that it is wanted: npm hands its arguments to the last command only. */
function setUpOpenSearch(): void {
  const setUp = join(__dirname, "setup", "setup.mjs");
  const { status } = spawnSync(process.execPath, [setUp, "--opensearch"], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

/** Ctrl-C, or a polite end from elsewhere. The second one does not wait, and neither does one while the store is starting. */
class StopRequest {
  readonly asked: Promise<string>;
  /** Until then there is nothing worth writing. */
  isOpen = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.asked = promise;
    let count = 0;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        count++;
        // The emulators' guards see this process end, and end what it started.
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
    `  Console   ${consoleUrl}   orders on their way, mail and SMS as sent, failures to order`,
    `  Sign up   with any e-mail address; the code is 123456`,
    `  Pay with  card ${card?.number.replace(/(\d{4})(?=\d)/g, "$1 ")}, any date to come, any code (${card?.about})`,
    `  Log       ${logFile}`,
    ...(second === undefined
      ? []
      : [`  Regions   ${first} and ${second}; "npm run chaos -- kill ${first}" closes one`]),
    "",
    "Not as on AWS:",
    ...notEmulated.map((sentence) => `  - ${sentence}`),
    "",
    "Ctrl-C stops it; the next start goes on with the same data (--fresh begins anew).",
  ];
  console.log(lines.join("\n"));
}

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
