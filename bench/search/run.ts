/**
 * `npm run bench:search`: imports generated products into a table, builds the index and searches. Measures throughput and memory of the
 * import, throughput of the rebuild, and for each kind of search the time of the engine and of the closure, alone and while products change.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rootCredentials, startMiniStack } from "../../local/aws/emulator/supervisor";
import { type SearchEngineKind, startSearchEngine } from "../../local/aws/search/engine";
import { emptyFolder } from "../folder";
import { count, machine, run, table } from "../table";
import { fill } from "./fill";
import { generateFile } from "./generate";
import { searches } from "./searches";

const usage = `Usage: npm run bench:search -- [options]

  --products LIST   default 10000,100000
  --engine KIND     opensearch (default) or osmem, which is for hundreds of products
  --rounds N        searches of each kind; default 100
  --changes N       products that change in a minute while the same searches are measured again; default 1000
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      products: { type: "string", default: "10000,100000" },
      engine: { type: "string", default: "opensearch" },
      rounds: { type: "string", default: "100" },
      changes: { type: "string", default: "1000" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const { engine } = values;
  if (engine !== "osmem" && engine !== "opensearch")
    throw new RangeError(`There is no search engine "${engine}": give osmem or opensearch.`);
  const sizes = values.products.split(",").map((text) => count("--products", text));
  const rounds = count("--rounds", values.rounds);
  const changes = count("--changes", values.changes);
  for (const products of sizes) await measure(products, engine, rounds, changes);
}

async function measure(products: number, kind: SearchEngineKind, rounds: number, changes: number): Promise<void> {
  const heading = machine();
  const directory = emptyFolder("search");
  const emulator = await startMiniStack({ region: "us-east-1", dataDir: directory });
  const engine = await startSearchEngine(kind, { dataDir: directory });
  try {
    const file = join(directory, "products.jsonl");
    await generateFile(file, products);
    const size = Math.round(statSync(file).size / 2 ** 20);
    console.log(`${products} products, ${size} MiB of JSON Lines, ${kind}; ${heading}\n`);
    const config = { region: "us-east-1", endpoint: emulator.endpoint, credentials: rootCredentials };
    const filled = await fill(file, products, config, engine);
    console.log(`${table(["filling", "products/s", "CPU ms a product", "MiB at most"], filled)}\n`);
    const searched = await searches(engine, rounds);
    const head = [
      "requests",
      "ms p50",
      "p95",
      "the engine's own (took)",
      "besides",
      "CPU ms engine",
      "CPU ms closure",
      "closure",
    ];
    console.log(`${table([`a search, ${rounds} of each kind`, ...head], searched)}\n`);
    const changing = startChanges(file, engine.url, changes);
    const mixed = await searches(engine, rounds);
    const { changed, seconds } = await changing.stop();
    const perMinute = `${Math.round((changed / seconds) * 60)} changes a minute`;
    console.log(`${table([`the same beside ${perMinute}`, ...head], mixed)}\n`);
  } finally {
    await engine.stop();
    await emulator.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Changes products in its own process. */
function startChanges(file: string, engineUrl: string, perMinute: number) {
  const register = require.resolve("../../local/loadTypeScript.js");
  const script = join(__dirname, "changeChild.ts");
  const child = spawn(process.execPath, ["-r", register, script, file, engineUrl, String(perMinute)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = once(child, "exit");
  return {
    async stop(): Promise<{ changed: number; seconds: number }> {
      child.kill("SIGTERM");
      const [code] = await ended;
      if (code !== 0) throw new Error("The changes failed; their error is above.");
      return JSON.parse(output);
    },
  };
}

run(main);
